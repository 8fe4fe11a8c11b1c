using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Images.Archives;
using Appliance.Images.Layers.Unpacking;

namespace Appliance.Images.Layers.Reading;

/// <summary>From packed bytes to an unpacked layer, with all digests on the way compared.</summary>
internal static class LayerPipeline
{
    /// <returns>What was unpacked, and the digest of the plain archive.</returns>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: the archive is damaged, or not the one that was expected. ResourceExhausted: the disk.
    /// </exception>
    public static async Task<(UnpackedLayer Layer, Digest DiffId)> RunAsync(
        LayerArchive archive, string directory, IReadOnlyList<string> below, UnpackLimits limits, CancellationToken cancellation)
    {
        await using var packed = new HashingStream(archive.Stream, isHashed: HasOwnPackedDigest(archive));
        await using Stream unpacked = await Packing.UnpackAsync(packed, cancellation).ConfigureAwait(false);
        await using var plain = new HashingStream(new RatioLimitStream(unpacked, () => packed.LengthSoFar, limits));
        UnpackedLayer layer;
        TarReader reader;
        await using (var ahead = new ReadAheadStream(plain, cancellation))
        {
            reader = new TarReader(ahead);
            layer = await new LayerUnpacker(directory, below, archive.Rules, limits).UnpackAsync(reader, cancellation).ConfigureAwait(false);
        }

        Digest diffId = plain.Finish();
        await CheckAsync(archive, packed, diffId, cancellation).ConfigureAwait(false);
        if (archive.DiffId is null && !reader.HasEndMark)
        {
            throw ArchiveFault.CutShort(plain.LengthSoFar);
        }

        return (layer, diffId);
    }

    /// <summary>A plain archive's bytes are what the other digest is of.</summary>
    private static bool HasOwnPackedDigest(LayerArchive archive) => archive.PackedDigest is { } packed && packed != archive.DiffId;

    private static async Task CheckAsync(LayerArchive archive, HashingStream packed, Digest diffId, CancellationToken cancellation)
    {
        await packed.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
        if (HasOwnPackedDigest(archive) && archive.PackedDigest is { } expected && packed.Finish() is var found && found != expected)
        {
            throw Mismatch("layer", expected, found);
        }

        if (archive.DiffId is { } plain && diffId != plain)
        {
            throw Mismatch("unpacked layer", plain, diffId);
        }
    }

    private static ApplianceException Mismatch(string what, Digest expected, Digest found) => new(
        ErrorKind.InvalidArgument, $"The {what} should be sha256:{expected} and is sha256:{found}: the image is damaged. Fetch or export it again.");
}
