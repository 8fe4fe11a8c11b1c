using Appliance.Core.Streams;
using Appliance.Images.Layers.Reading;

namespace Appliance.Admin.Bundles;

/// <summary>A file of a bundle whose end is shown only when its digest is right: who reads it to its end may believe it.</summary>
/// <param name="path">The bundle, for messages.</param>
/// <param name="source">Its bytes; disposed with this.</param>
/// <param name="member">What they must be.</param>
/// <param name="onRead">Told how many were read.</param>
internal sealed class MemberStream(string path, Stream source, BundleMember member, Action<long> onRead) : OneWayStream
{
    private readonly HashingStream hashing = new(source);
    private bool isChecked;

    public override bool CanRead => true;

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: it is damaged.</exception>
    public override int Read(byte[] buffer, int offset, int count) => Note(hashing.Read(buffer, offset, count), count);

    /// <inheritdoc cref="Read(byte[], int, int)"/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Note(await hashing.ReadAsync(buffer, cancellationToken), buffer.Length);

    protected override void Dispose(bool disposing)
    {
        hashing.Dispose();
        source.Dispose();
        base.Dispose(disposing);
    }

    private int Note(int read, int wanted)
    {
        onRead(read);
        if (read == 0 && wanted > 0 && !isChecked)
        {
            isChecked = hashing.LengthSoFar == member.SizeBytes && hashing.Finish().ToString() == member.Sha256
                ? true
                : throw BundleFault.Damaged(path, $"'{member.File}' is not what it was when the bundle was made");
        }

        return read;
    }
}
