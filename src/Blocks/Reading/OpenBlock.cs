using Microsoft.Win32.SafeHandles;

namespace Appliance.Blocks.Reading;

/// <summary>
/// A block held open: readable until disposed, whatever happens to its name. Read
/// <see cref="LengthBytes"/> bytes from <see cref="Offset"/>; the file may hold other blocks around them.
/// </summary>
public sealed class OpenBlock : IDisposable
{
    internal OpenBlock(SafeFileHandle handle)
        : this(handle, 0, checked((int)RandomAccess.GetLength(handle)))
    {
    }

    internal OpenBlock(SafeFileHandle handle, long offset, int lengthBytes)
    {
        Handle = handle;
        Offset = offset;
        LengthBytes = lengthBytes;
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Where in the file the block begins, in bytes.</summary>
    public long Offset { get; }

    public int LengthBytes { get; }

    public void Dispose() => Handle.Dispose();
}
