using Microsoft.Win32.SafeHandles;

namespace Appliance.Blobs.Files;

/// <summary>A file that nobody sees yet; removed with this object unless it was published.</summary>
internal sealed class TemporaryBlob(string path, SafeFileHandle handle) : IDisposable
{
    public string Path => path;

    public SafeFileHandle Handle => handle;

    public bool IsPublished { get; set; }

    public void Dispose()
    {
        handle.Dispose();
        if (!IsPublished)
        {
            File.Delete(path);
        }
    }
}
