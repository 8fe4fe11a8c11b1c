using System.Net;
using Appliance.Core.Errors;
using Appliance.Images.Layers;
using Appliance.Images.Registries.Transport;
using Appliance.Native.Files;

namespace Appliance.Images.Registries.Layers;

/// <summary>
/// A layer's archive on its way here: written to a temporary file, which can be read while it grows. A connection that is
/// lost is taken up where it broke off, and so is an earlier pull. Whoever reads it compares the digest.
/// </summary>
internal sealed class LayerDownload : IAsyncDisposable
{
    private const int ChunkBytes = 256 * 1024;

    private readonly RegistryClient client;
    private readonly RemoteLayer layer;
    private readonly DownloadFile file;
    private readonly DiskRoom room;
    private readonly Action<long> progress;
    private readonly CancellationTokenSource stop;
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long written;
    private bool isWhole;
    private bool isRead;
    private Exception? failure;

    /// <param name="client">Reads the repository.</param>
    /// <param name="layer">What to fetch.</param>
    /// <param name="directory">Where to keep it.</param>
    /// <param name="room">Ends what would fill the disk.</param>
    /// <param name="progress">Told of bytes as they come.</param>
    /// <param name="cancellation">Ends it.</param>
    public LayerDownload(RegistryClient client, RemoteLayer layer, string directory, DiskRoom room, Action<long> progress, CancellationToken cancellation)
    {
        this.client = client;
        this.layer = layer;
        this.room = room;
        this.progress = progress;
        file = DownloadFile.Open(directory, layer);
        written = Math.Min(file.HeldBytes, layer.SizeBytes);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Set by whoever runs <see cref="RunAsync"/>.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Fetches it; never fails, but tells readers.</summary>
    public async Task RunAsync()
    {
        try
        {
            room.Ensure();
            progress(written);
            await FetchAsync(stop.Token).ConfigureAwait(false);
            Tell(() => isWhole = true);
        }
        catch (Exception cause)
        {
            Tell(() => failure = cause);
        }
    }

    /// <summary>Reads what is there already, or waits for more.</summary>
    /// <returns>0 at the end.</returns>
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            Task change;
            long available;
            lock (gate)
            {
                available = written - position;
                if (available <= 0 && failure is not null)
                {
                    throw failure is ApplianceException known ? new ApplianceException(known.Kind, known.Message, known) : failure;
                }

                if (available <= 0 && isWhole)
                {
                    isRead = true;
                    return 0;
                }

                change = changed.Task;
            }

            if (available > 0)
            {
                return RandomAccess.Read(file.Handle, buffer.Span[..(int)Math.Min(buffer.Length, available)], position);
            }

            await change.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves what there is to a later pull; to be called when nothing is known to be wrong with it.</summary>
    public void Keep() => file.IsKept = !isRead && written > 0;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await Work.ConfigureAwait(false);
        stop.Dispose();
        file.Dispose();
    }

    private void Tell(Action change)
    {
        lock (gate)
        {
            change();
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task FetchAsync(CancellationToken cancellation)
    {
        int failures = 0;
        while (written < layer.SizeBytes)
        {
            long before = written;
            try
            {
                await FetchPartAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is IOException or HttpRequestException or TimeoutException)
            {
                failures = written > before ? 0 : failures;
                if (failures >= client.Times.Pauses.Count)
                {
                    throw new ApplianceException(
                        ErrorKind.Unavailable, $"'{client.Place}' broke off layer {layer.Digest} again and again, last after {written} of {layer.SizeBytes} bytes: {fault.Message}", fault);
                }

                await client.PauseAsync(failures++, null, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task FetchPartAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage response = await client.OpenAsync(
            $"blobs/{layer.Digest}", $"layer {layer.Digest}", [], written, cancellation).ConfigureAwait(false);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        byte[] chunk = new byte[ChunkBytes];
        long position = StartOf(response);
        while (true)
        {
            silence.CancelAfter(client.Times.Silence);
            int length = await ReadAsync(body, chunk, silence.Token, cancellation).ConfigureAwait(false);
            if (length == 0)
            {
                break;
            }

            // A registry that knows no ranges sends what is here already once more.
            int known = (int)Math.Clamp(written - position, 0, length);
            position += length;
            if (length > known)
            {
                Write(chunk.AsSpan(known, length - known));
            }
        }

        if (written < layer.SizeBytes)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The answer ended too early.");
        }
    }

    private long StartOf(HttpResponseMessage response) =>
        response.StatusCode != HttpStatusCode.PartialContent ? 0
        : response.Content.Headers.ContentRange?.From == written ? written
        : throw new HttpIOException(HttpRequestError.InvalidResponse, "The answer is another part than the one that was asked for.");

    private async ValueTask<int> ReadAsync(Stream body, byte[] chunk, CancellationToken silence, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(chunk, silence).ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing came for {client.Times.Silence.TotalSeconds} s.", cause);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (written + bytes.Length > layer.SizeBytes)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Layer {layer.Digest} should be {layer.SizeBytes} bytes long, and '{client.Place}' sends more: it is damaged there.");
        }

        try
        {
            RandomAccess.Write(file.Handle, bytes, written);
        }
        catch (IOException fault) when (fault.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded)
        {
            throw new ApplianceException(
                ErrorKind.ResourceExhausted, "The disk is full: the image could not be fetched. 'appliance system prune' gives back what is of no use.", fault);
        }

        int length = bytes.Length;
        Tell(() => written += length);
        room.Added(length);
        progress(length);
    }
}
