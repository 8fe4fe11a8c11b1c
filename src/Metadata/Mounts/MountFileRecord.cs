using Appliance.Core.Digests;

namespace Appliance.Metadata.Mounts;

/// <summary>One file of a mount.</summary>
/// <param name="Path">Absolute, in the container.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Form">Where its bytes lie, as the content store numbers it.</param>
/// <param name="Content">The content's id; null when the file is empty.</param>
public sealed record MountFileRecord(string Path, int Mode, long SizeBytes, int Form, Digest? Content);
