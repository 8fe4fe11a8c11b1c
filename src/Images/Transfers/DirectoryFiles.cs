using Appliance.Core.Errors;

namespace Appliance.Images.Transfers;

/// <summary>An image archive that is a directory.</summary>
internal sealed class DirectoryFiles(string root) : IImageFiles
{
    public bool Exists(string path) => File.Exists(PathOf(path));

    public Stream Open(string path) => Exists(path)
        ? new FileStream(PathOf(path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)
        : throw Missing(path);

    public long LengthOf(string path) => Exists(path) ? new FileInfo(PathOf(path)).Length : throw Missing(path);

    public void Dispose()
    {
    }

    internal static ApplianceException Missing(string path) =>
        new(ErrorKind.InvalidArgument, $"The image refers to '{path}', which it does not hold: it is incomplete. Export it again.");

    // Paths in documents must not reach other files of the machine.
    private string PathOf(string path) => path.Split('/').Any(part => part is ".." or "") ? throw Missing(path) : Path.Combine(root, path);
}
