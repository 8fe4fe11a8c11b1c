using System.Runtime.InteropServices;

namespace Appliance.Native.Compression;

/// <summary>The streaming calls of libzstd.</summary>
internal static unsafe partial class ZstdCalls
{
    public const int CompressionLevel = 100;
    public const int ChecksumFlag = 201;
    public const int Continue = 0;
    public const int End = 2;

    private const string Library = "libzstd";

    /// <summary>A piece of memory and how far it has been read or written.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Piece
    {
        public byte* Start;
        public nuint Length;
        public nuint Position;
    }

    public static nuint Checked(nuint result) => ZSTD_isError(result) == 0
        ? result
        : throw new InvalidDataException($"zstd: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))}.");

    [LibraryImport(Library)]
    public static partial IntPtr ZSTD_createCCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeCCtx(IntPtr context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_setParameter(ZstdCompressor context, int parameter, int value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compressStream2(ZstdCompressor context, ref Piece output, ref Piece input, int operation);

    [LibraryImport(Library)]
    public static partial IntPtr ZSTD_createDCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeDCtx(IntPtr context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_decompressStream(ZstdDecompressor context, ref Piece output, ref Piece input);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    private static partial IntPtr ZSTD_getErrorName(nuint result);
}
