using System.Security.Cryptography;
using System.Text;
using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Blocks.Upkeep;
using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Settings;
using Appliance.Metadata.Sqlite;
using Appliance.Native.Compression;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Admin.SelfTest;

/// <summary>That what is linked into the executable works, and that what is acknowledged is still there afterwards.</summary>
public static class StorageChecks
{
    public static IReadOnlyList<SelfTestCheck> All { get; } =
    [
        new("metadata survives a restart", ProveMetadataAsync),
        new("blocks survive a restart", ProveBlocksAsync),
        new("SHA-256", (_, _) => Task.FromResult(ProveDigest())),
        new("zstd", (_, _) => Task.FromResult(ProveZstd())),
    ];

    private static async Task<string> ProveMetadataAsync(string directory, CancellationToken cancellation)
    {
        const int Rows = 100;
        await using (MetadataStore store = await MetadataStore.OpenAsync(directory, TimeProvider.System))
        {
            await Task.WhenAll(Enumerable.Range(0, Rows).Select(row => store.WriteAsync(
                write => StoredSettings.Write(write, $"row-{row}", BitConverter.GetBytes(row)), cancellation)));
        }

        await using MetadataStore again = await MetadataStore.OpenAsync(directory, TimeProvider.System);
        int found = again.Read(read => Enumerable.Range(0, Rows).Count(row =>
            StoredSettings.Find(read, $"row-{row}") is { } value && BitConverter.ToInt32(value) == row));
        Require(found == Rows, $"{Rows} rows were written and {found} found after a restart.");
        return $"SQLite {SqliteLibrary.Version}, {Rows} rows committed, found after reopening";
    }

    private static async Task<string> ProveBlocksAsync(string directory, CancellationToken cancellation)
    {
        byte[] content = RandomNumberGenerator.GetBytes(BlockLimits.LengthBytesMax);
        await using MetadataStore metadata = await MetadataStore.OpenAsync(directory, TimeProvider.System);
        var references = new CountedReferences(metadata);
        string blocks = Path.Combine(directory, "blocks");
        Digest digest;
        await using (BlockStore store = BlockStore.Open(blocks, references, TimeProvider.System))
        {
            using BlockLease lease = await store.PutAsync(content, cancellation);
            digest = lease.Digest;
        }

        await using BlockStore again = BlockStore.Open(blocks, references, TimeProvider.System);
        using var back = new MemoryStream();
        await again.CopyToAsync(digest, 0, content.Length, back, cancellation);
        Require(content.AsSpan().SequenceEqual(back.ToArray()), $"Block {digest} came back changed.");
        return $"{content.Length} bytes, found after reopening";
    }

    private static string ProveDigest()
    {
        const string Expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        string found = Digest.Of("abc"u8).ToString();
        Require(found == Expected, $"The digest of 'abc' came out as {found}.");
        return "the published test value";
    }

    private static string ProveZstd()
    {
        byte[] content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("all work and no play ", 5_000)));
        byte[] packed = Zstd.Compress(content, 3);
        byte[] back = new byte[content.Length];
        Zstd.Decompress(packed, back);
        Require(content.AsSpan().SequenceEqual(back), "What was packed came back changed.");
        return $"{Zstd.Version}, {content.Length} bytes to {packed.Length} and back";
    }
}
