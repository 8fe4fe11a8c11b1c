using Appliance.Core.Streams;

namespace Appliance.Admin.Bundles;

/// <summary>Tells how many bytes were written. Disposing it leaves the target open.</summary>
internal sealed class MeteredTarget(Stream target, Action<long> onWritten) : OneWayStream
{
    public override bool CanWrite => true;

    public override void Write(byte[] buffer, int offset, int count)
    {
        target.Write(buffer, offset, count);
        onWritten(count);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await target.WriteAsync(buffer, cancellationToken);
        onWritten(buffer.Length);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);
}
