using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Transfers;

/// <summary>How an import is to be done.</summary>
/// <param name="To">The directory of the volume that takes what is imported.</param>
/// <param name="Replaces">Whether files with other content are replaced; if not, one of them ends the import.</param>
public sealed record ImportOrder(VolumePath To, bool Replaces);
