using Appliance.Core.Digests;

namespace Appliance.Metadata.Volumes;

/// <summary>One file, directory or symbolic link of a volume.</summary>
/// <param name="Directory">Path of the directory that it is in, without a slash at either end; empty for the root.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="ModifiedAt">When its content was last set.</param>
/// <param name="SizeBytes">Of a file.</param>
/// <param name="Form">Where a file's bytes lie, as the content store numbers it.</param>
/// <param name="Content">The content's id; null for all but files.</param>
/// <param name="Target">Where a symbolic link points.</param>
public sealed record VolumeEntryRecord(
    string Directory,
    string Name,
    VolumeEntryKind Kind,
    int Mode,
    DateTimeOffset ModifiedAt,
    long SizeBytes,
    int Form,
    Digest? Content,
    string? Target)
{
    public string Path => Directory.Length == 0 ? Name : $"{Directory}/{Name}";
}
