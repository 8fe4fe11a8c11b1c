using Appliance.Native.Compression;

namespace Appliance.Tests.Native.Compression;

public sealed class ZstdStreamTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(5_000_000, 4096)]
    [InlineData(3_000_000, 7)]
    [InlineData(1_000_000, 1_000_000)]
    public async Task Bytes_ThereAndBack_AreTheSame(int length, int step)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content.AsSpan(length / 2));
        using var packed = new MemoryStream();
        await using (var writer = new ZstdWriteStream(packed, 3))
        {
            for (int start = 0; start < length; start += 100_000)
            {
                await writer.WriteAsync(content.AsMemory(start, Math.Min(100_000, length - start)));
            }
        }

        packed.Position = 0;
        await using var reader = new ZstdReadStream(packed);
        using var copy = new MemoryStream();
        byte[] room = new byte[step];
        while (await reader.ReadAsync(room) is > 0 and var read)
        {
            copy.Write(room, 0, read);
        }

        Assert.Equal(content, copy.ToArray());
    }

    [Fact]
    public async Task Frames_OneBehindTheOther_AreReadAsOne()
    {
        byte[] packed = [.. Zstd.Compress("first, "u8, 3), .. Zstd.Compress("second"u8, 3)];
        using var reader = new StreamReader(new ZstdReadStream(new MemoryStream(packed)));

        Assert.Equal("first, second", await reader.ReadToEndAsync());
    }

    [Fact]
    public void Bytes_CutShortOrDamaged_AreNeverTakenForWhole()
    {
        byte[] content = new byte[200_000];
        new Random(1).NextBytes(content);
        using var target = new MemoryStream();
        using (var writer = new ZstdWriteStream(target, 3))
        {
            writer.Write(content);
        }

        byte[] packed = target.ToArray();
        foreach (int length in new[] { 1, 100, packed.Length / 2, packed.Length - 1 })
        {
            Assert.Throws<InvalidDataException>(() => ReadAll(packed[..length]));
        }

        packed[packed.Length / 2] ^= 1;
        Assert.Throws<InvalidDataException>(() => ReadAll(packed));
    }

    private static void ReadAll(byte[] packed)
    {
        using var reader = new ZstdReadStream(new MemoryStream(packed));
        reader.CopyTo(Stream.Null);
    }
}
