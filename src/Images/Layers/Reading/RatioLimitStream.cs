using Appliance.Core.Errors;
using Appliance.Core.Streams;

namespace Appliance.Images.Layers.Reading;

/// <summary>
/// Ends what becomes absurdly longer by unpacking: a small archive must not keep the machine busy for days. Disposing it
/// leaves both streams open.
/// </summary>
internal sealed class RatioLimitStream(Stream unpacked, Func<long> packedLength, UnpackLimits limits) : OneWayStream
{
    private long length;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        length += read;
        if (length > limits.FreeOfRatioBytes && length / limits.RatioMax > packedLength())
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"The archive is a decompression bomb: {packedLength()} packed bytes became more than {length}, over {limits.RatioMax} times as many. Nothing of it was kept.");
        }

        return read;
    }
}
