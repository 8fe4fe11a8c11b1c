using Microsoft.Win32.SafeHandles;

namespace Appliance.Blocks.Disk;

/// <summary>Bytes on their way in: a file that no reader can find yet. One writer at a time.</summary>
internal sealed class TemporaryBlock(IBlockDisk disk, string path, SafeFileHandle handle) : IDisposable
{
    private bool isDone;

    public string Path { get; } = path;

    public SafeFileHandle Handle { get; } = handle;

    public int LengthBytes { get; set; }

    /// <summary>The file now has its final name and must stay.</summary>
    public void MarkPublished() => isDone = true;

    public void Dispose()
    {
        Handle.Dispose();
        if (!isDone)
        {
            isDone = true;
            disk.Discard(this);
        }
    }
}
