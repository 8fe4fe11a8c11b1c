using Appliance.Core.Streams;

namespace Appliance.Images.Registries.Layers;

/// <summary>Reads a download from its beginning, while it goes on. Disposing it leaves the download.</summary>
internal sealed class GrowingStream(LayerDownload download) : OneWayStream
{
    private long position;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int length = await download.ReadAsync(position, buffer, cancellationToken).ConfigureAwait(false);
        position += length;
        return length;
    }
}
