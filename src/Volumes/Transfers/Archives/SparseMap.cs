using System.Formats.Tar;
using System.Globalization;
using Appliance.Core.Errors;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>
/// What GNU tar tells of a file with holes in the PAX format, version 1.0: its real name and length. Where its pieces
/// belong stands before them in the data.
/// </summary>
internal sealed record SparseMap(string Name, long SizeBytes)
{
    private const string Prefix = "GNU.sparse.";

    /// <summary>Null for a file without holes.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: holes are described in a way that is not known here.</exception>
    public static SparseMap? Find(TarEntry entry)
    {
        if (entry is not PaxTarEntry pax || !pax.ExtendedAttributes.Keys.Any(key => key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            return null;
        }

        bool isKnown = pax.ExtendedAttributes.TryGetValue(Prefix + "major", out string? major) && major == "1"
            && pax.ExtendedAttributes.TryGetValue(Prefix + "name", out _)
            && pax.ExtendedAttributes.TryGetValue(Prefix + "realsize", out _);
        return isKnown && long.TryParse(pax.ExtendedAttributes[Prefix + "realsize"], CultureInfo.InvariantCulture, out long sizeBytes) && sizeBytes >= 0
            ? new SparseMap(pax.ExtendedAttributes[Prefix + "name"], sizeBytes)
            : throw new ApplianceException(
                ErrorKind.InvalidArgument, $"'{entry.Name}' in the archive has holes in a form that is not known here: make the archive without --sparse.");
    }
}
