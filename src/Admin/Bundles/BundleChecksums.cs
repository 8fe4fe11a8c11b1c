using System.Text;
using Appliance.Core.Digests;

namespace Appliance.Admin.Bundles;

/// <summary>The checksums of a bundle's files, in the form of 'sha256sum': they can be compared without this program, too.</summary>
internal static class BundleChecksums
{
    private const string Separator = "  ";

    public static byte[] Write(IReadOnlyList<BundleMember> members, Digest manifest)
    {
        var text = new StringBuilder();
        foreach (BundleMember member in members)
        {
            text.Append(member.Sha256).Append(Separator).Append(member.File).Append('\n');
        }

        text.Append(manifest).Append(Separator).Append(BundleFile.ManifestName).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
