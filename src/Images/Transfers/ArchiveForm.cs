using System.Text;
using Appliance.Core.Errors;
using Appliance.Images.Archives;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Images.Transfers;

/// <summary>What kinds of image archives there are, and how they are told apart.</summary>
internal enum ArchiveForm
{
    OciLayout,
    DockerArchive,
    RootFileSystem,
}

/// <summary>Tells archives of images from those of root file systems.</summary>
internal static class ArchiveForms
{
    public static ArchiveForm Of(IImageFiles files) =>
        files.Exists(OciLayoutMark.FileName) && files.Exists("index.json") ? ArchiveForm.OciLayout
        : files.Exists(DockerArchiveReader.ManifestName) ? ArchiveForm.DockerArchive
        : ArchiveForm.RootFileSystem;

    /// <summary>
    /// Whether an archive that begins like this can be a root file system only: then it may be unpacked as it comes, and
    /// need not be kept to be read twice.
    /// </summary>
    /// <param name="beginning">Of the plain archive.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<bool> IsRootAsync(byte[] beginning, CancellationToken cancellation)
    {
        var reader = new TarReader(new MemoryStream(beginning));
        try
        {
            while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } entry)
            {
                string name = Encoding.UTF8.GetString(entry.Name);
                string top = (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).Split('/')[0];
                if (top.Length > 0)
                {
                    return !MayBelongToImage(top);
                }
            }
        }
        catch (ApplianceException)
        {
            // Cut short, as beginnings are, or damaged, which whoever reads all of it will say.
        }

        return false;
    }

    private static bool MayBelongToImage(string top) => top is "blobs" or "repositories" or OciLayoutMark.FileName
        || top.EndsWith(".json", StringComparison.Ordinal) || (top.Length >= 64 && top[..64].All(char.IsAsciiHexDigitLower));
}
