using System.Runtime.InteropServices;

namespace Appliance.Native.Compression;

/// <summary>The library's state of one stream that is being packed.</summary>
internal sealed class ZstdCompressor : SafeHandle
{
    public ZstdCompressor()
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(ZstdCalls.ZSTD_createCCtx());

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle()
    {
        _ = ZstdCalls.ZSTD_freeCCtx(handle);
        return true;
    }
}

/// <summary>The library's state of one stream that is being unpacked.</summary>
internal sealed class ZstdDecompressor : SafeHandle
{
    public ZstdDecompressor()
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(ZstdCalls.ZSTD_createDCtx());

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle()
    {
        _ = ZstdCalls.ZSTD_freeDCtx(handle);
        return true;
    }
}
