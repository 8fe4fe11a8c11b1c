using Appliance.Containers.Packed;
using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Containers.Packed;

/// <summary>What xz packs with the build's options comes back, and nothing worse than an error comes of damage.</summary>
public sealed class UnpackingTests : IDisposable
{
    private const string Pack = "xz --format=raw $1 --lzma1=preset=9e,dict=32MiB,lc=3,lp=0,pb=2 <\"$0\" >\"$0.packed\"";

    private readonly TemporaryFolder directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Decode_OfWhatXzPacked_IsTheContent(int seed)
    {
        byte[] content = Mixture(new Random(seed), 300_000);
        byte[] unpacked = new byte[content.Length];
        LzmaDecoder.Decode(await PackAsync(content, ""), unpacked);
        Assert.Equal(content, unpacked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Restore_OfCallsEverywhere_IsTheContent(int seed)
    {
        var random = new Random(seed);
        byte[] opcodes = [0xE8, 0xE9, 0x00, 0xFF, 0x01, 0x90];
        byte[] content = new byte[200_000];
        for (int at = 0; at < content.Length; at++)
        {
            content[at] = opcodes[random.Next(opcodes.Length)];
        }

        byte[] unpacked = new byte[content.Length];
        LzmaDecoder.Decode(await PackAsync(content, "--x86"), unpacked);
        Assert.NotEqual(content, unpacked);
        CallTargets.Restore(unpacked);
        Assert.Equal(content, unpacked);
    }

    [Fact]
    public async Task Decode_OfADamagedStream_FailsOrGivesAnotherContent()
    {
        var random = new Random(7);
        byte[] content = Mixture(random, 20_000);
        byte[] packed = await PackAsync(content, "");
        Assert.Throws<InvalidDataException>(() => LzmaDecoder.Decode(packed.AsSpan(0, packed.Length / 2), new byte[content.Length]));
        for (int round = 0; round < 200; round++)
        {
            byte[] damaged = [.. packed];
            damaged[random.Next(1, damaged.Length / 2)] ^= (byte)(1 << random.Next(8));
            byte[] unpacked = new byte[content.Length];
            try
            {
                LzmaDecoder.Decode(damaged, unpacked);
                Assert.NotEqual(content, unpacked);
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }
    }

    /// <summary>Noise, runs, and copies from near and far, so that every kind of match comes.</summary>
    private static byte[] Mixture(Random random, int length)
    {
        var content = new List<byte>(length + 1000);
        while (content.Count < length)
        {
            int count = random.Next(1, random.Next(2) == 0 ? 12 : 400);
            switch (random.Next(3))
            {
                case 0 when content.Count > 0:
                    int back = random.Next(1, random.Next(2) == 0 ? Math.Min(content.Count, 9) + 1 : content.Count + 1);
                    for (; count > 0; count--)
                    {
                        content.Add(content[^back]);
                    }

                    break;
                case 1:
                    content.AddRange(Enumerable.Repeat((byte)random.Next(4), count));
                    break;
                default:
                    byte[] noise = new byte[count];
                    random.NextBytes(noise);
                    content.AddRange(noise);
                    break;
            }
        }

        return [.. content.Take(length)];
    }

    private async Task<byte[]> PackAsync(byte[] content, string filter)
    {
        string file = Path.Combine(directory.Path, "content");
        await File.WriteAllBytesAsync(file, content);
        await Tool.RunAsync("sh", "-c", Pack, file, filter);
        return await File.ReadAllBytesAsync(file + ".packed");
    }
}
