using System.Runtime.InteropServices;

namespace Appliance.Native.Compression;

/// <summary>Zstandard, whole buffers at a time.</summary>
public static partial class Zstd
{
    private const string Library = "libzstd";

    /// <summary>Such as 1.5.4.</summary>
    public static string Version
    {
        get
        {
            uint number = ZSTD_versionNumber();
            return $"{number / 10_000}.{number / 100 % 100}.{number % 100}";
        }
    }

    /// <param name="content">What to pack.</param>
    /// <param name="level">1 (fast) to 3 (small): the executable has no other packers.</param>
    public static byte[] Compress(ReadOnlySpan<byte> content, int level)
    {
        byte[] packed = new byte[(int)ZSTD_compressBound((nuint)content.Length)];
        nuint length = Checked(ZSTD_compress(packed, (nuint)packed.Length, content, (nuint)content.Length, level));
        return packed.AsSpan(0, (int)length).ToArray();
    }

    /// <param name="packed">One whole frame.</param>
    /// <param name="content">Exactly as long as the content is.</param>
    /// <exception cref="InvalidDataException">The frame is damaged, or its content has another length.</exception>
    public static void Decompress(ReadOnlySpan<byte> packed, Span<byte> content)
    {
        nuint length = Checked(ZSTD_decompress(content, (nuint)content.Length, packed, (nuint)packed.Length));
        if (length != (nuint)content.Length)
        {
            throw new InvalidDataException($"The zstd frame holds {length} bytes, not {content.Length}.");
        }
    }

    private static nuint Checked(nuint result) => ZSTD_isError(result) == 0
        ? result
        : throw new InvalidDataException($"zstd: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))}.");

    [LibraryImport(Library)]
    private static partial uint ZSTD_versionNumber();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compressBound(nuint sourceLength);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compress(
        Span<byte> target, nuint targetLength, ReadOnlySpan<byte> source, nuint sourceLength, int level);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_decompress(
        Span<byte> target, nuint targetLength, ReadOnlySpan<byte> source, nuint sourceLength);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    private static partial IntPtr ZSTD_getErrorName(nuint result);
}
