using System.Security.Cryptography;
using Appliance.Core.Digests;
using Appliance.Core.Streams;
using Appliance.Images.Transfers.Trees;

namespace Appliance.Images.Transfers.Export;

/// <summary>A layer as a plain archive: always the same bytes for the same files, so it need not be kept to be written twice.</summary>
/// <param name="Directory">Where the layer lies.</param>
/// <param name="Digest">SHA-256 of the archive.</param>
/// <param name="SizeBytes">Its length.</param>
internal sealed record LayerExport(string Directory, Digest Digest, long SizeBytes)
{
    /// <summary>Reads the layer once to learn what its archive will be.</summary>
    public static async Task<LayerExport> MeasureAsync(string directory, CancellationToken cancellation)
    {
        await using var sink = new MeasuringStream();
        await TreeArchive.WriteAsync(directory, TreeForm.Layer, sink, _ => { }, cancellation).ConfigureAwait(false);
        return new LayerExport(directory, sink.Finish(), sink.Count);
    }

    public Task WriteAsync(Stream target, Action<long> progress, CancellationToken cancellation) =>
        TreeArchive.WriteAsync(Directory, TreeForm.Layer, target, progress, cancellation);

    /// <summary>Keeps nothing of what is written but its length and digest.</summary>
    private sealed class MeasuringStream : OneWayStream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Count { get; private set; }

        public override bool CanWrite => true;

        public Digest Finish() => Digest.FromBytes(hash.GetHashAndReset());

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            Count += buffer.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
