using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Images.Building;
using Appliance.Images.Building.Copying;
using Appliance.Metadata;
using Appliance.Metadata.Mounts;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Images;

/// <summary>What a client sends along with a build: a mount, whose root is that of the build's files, and single files.</summary>
internal sealed class MountContext(MetadataStore store, ContentStore contents, string mountId, IReadOnlyList<ImageContextFile> files) : IBuildContext
{
    private const int PageLength = 1000;
    private const int FileMode = 0x1A4;

    public ICopyTree Open() => new ListedTree(
    [
        .. MountFiles(),
        .. files.Select(file => new ListedFile(file.Filename, FileMode, file.Data.Length, () => new MemoryStream(file.Data.ToByteArray()))),
    ]);

    private IEnumerable<ListedFile> MountFiles()
    {
        string last = "";
        while (mountId.Length > 0 && store.Read(read => MountRows.ListFiles(read, mountId, last, PageLength)) is { Count: > 0 } page)
        {
            foreach (MountFileRecord file in page)
            {
                var content = new FileContent((ContentForm)file.Form, file.Content ?? Digest.OfNothing, file.SizeBytes);
                yield return new ListedFile(file.Path, file.Mode, file.SizeBytes, () => contents.Reader.Open(content));
            }

            last = page[^1].Path;
        }
    }
}
