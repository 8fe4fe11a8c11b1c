using Appliance.Contents;
using Appliance.Core.Digests;

namespace Appliance.Mounts;

/// <summary>One file of a mount that is to be made.</summary>
/// <param name="Path">Absolute, in the container.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Whole">SHA-256 of all its bytes, as the client gave it.</param>
/// <param name="Content">Where its bytes are.</param>
public sealed record MountFile(string Path, int Mode, Digest Whole, FileContent Content);
