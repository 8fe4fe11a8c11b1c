using Appliance.Core.Digests;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Blobs;

/// <summary>A stored blob, open for reading. Its bytes stay until it is disposed, even if the blob is removed.</summary>
public sealed class OpenBlob(SafeFileHandle handle, long lengthBytes, Digest sha256, string etag) : IDisposable
{
    /// <summary>For reads at any offset; never for writes.</summary>
    public SafeFileHandle Handle => handle;

    public long LengthBytes => lengthBytes;

    public Digest Sha256 => sha256;

    /// <summary>Without quotes.</summary>
    public string ETag => etag;

    /// <summary>From the first byte. To dispose it is to dispose the blob.</summary>
    public Stream OpenStream() => new FileStream(handle, FileAccess.Read, bufferSize: 0);

    public void Dispose() => handle.Dispose();
}
