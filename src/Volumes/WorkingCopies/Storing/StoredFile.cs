using Appliance.Contents;
using Appliance.Native.Files;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>A file whose bytes are stored.</summary>
/// <param name="Content">Its bytes at one moment.</param>
/// <param name="Status">What it was no later than that: a status that differs tells of a change since.</param>
internal sealed record StoredFile(FileContent Content, FileStatus Status);
