using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Appliance.Gpus.Discovery;

/// <summary>The C library's index of shared libraries, <c>/etc/ld.so.cache</c>: what 'ldconfig -p' prints.</summary>
internal static class LoaderCache
{
    private const int HeaderBytes = 48;
    private const int EntryBytes = 24;
    private const int CountOffset = 20;

    // The library's kind (ELF, libc6) in the low byte, the machine in the next.
    private const int OfX64 = 0x0303;
    private const int OfArm64 = 0x0A03;

    private static ReadOnlySpan<byte> Magic => "glibc-ld.so.cache1.1"u8;

    /// <summary>Libraries for this machine's processor by name, as the loader would find them; empty when it is no such index.</summary>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> file)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);

        // An index for very old programs may stand before the real one.
        int start = file.IndexOf(Magic);
        if (start < 0 || file.Length - start < HeaderBytes)
        {
            return found;
        }

        ReadOnlySpan<byte> index = file[start..];
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(index[CountOffset..]);
        int flags = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? OfArm64 : OfX64;
        for (long entry = 0; entry < count && HeaderBytes + ((entry + 1) * EntryBytes) <= index.Length; entry++)
        {
            ReadOnlySpan<byte> row = index.Slice((int)(HeaderBytes + (entry * EntryBytes)), EntryBytes);
            if (BinaryPrimitives.ReadInt32LittleEndian(row) == flags && TextAt(index, row[4..]) is { } name && TextAt(index, row[8..]) is { } path)
            {
                found.TryAdd(name, path);
            }
        }

        return found;
    }

    private static string? TextAt(ReadOnlySpan<byte> index, ReadOnlySpan<byte> offset)
    {
        uint at = BinaryPrimitives.ReadUInt32LittleEndian(offset);
        if (at >= index.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> text = index[(int)at..];
        int end = text.IndexOf((byte)0);
        return end <= 0 ? null : Encoding.UTF8.GetString(text[..end]);
    }
}
