using System.IO.Pipelines;

namespace Appliance.Images.Transfers;

/// <summary>Lets one write what another reads, at the same time, with little between them.</summary>
public static class DirectoryPipe
{
    private static readonly PipeOptions Options = new(
        pauseWriterThreshold: 4 * 1024 * 1024, resumeWriterThreshold: 2 * 1024 * 1024, minimumSegmentSize: 256 * 1024, useSynchronizationContext: false);

    /// <summary>The first failure, whoever has it, ends both.</summary>
    public static async Task<T> RunAsync<T>(
        Func<Stream, CancellationToken, Task> write, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        var pipe = new Pipe(Options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task writing = Task.Run(() => FillAsync(write, pipe.Writer, stop.Token), CancellationToken.None);
        try
        {
            return await read(pipe.Reader.AsStream(leaveOpen: true), cancellation).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
    }

    private static async Task FillAsync(Func<Stream, CancellationToken, Task> write, PipeWriter writer, CancellationToken cancellation)
    {
        try
        {
            await using (Stream target = writer.AsStream(leaveOpen: true))
            {
                await write(target, cancellation).ConfigureAwait(false);
            }

            await writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // The reader hears of it where it stands.
            await writer.CompleteAsync(failure).ConfigureAwait(false);
        }
    }
}
