using System.Buffers.Binary;
using Appliance.Core.Errors;
using Appliance.Native.Pipes;

namespace Appliance.Containers.Streams;

/// <summary>
/// A process's standard input, addressed by offset: what was taken already is skipped, so that a writer who does not know
/// whether its last message arrived sends it again. How much was taken survives a restart of the appliance.
/// </summary>
public sealed class InputPipe : IAsyncDisposable
{
    private const int ProgressLength = 9;

    private readonly SemaphoreSlim writing = new(1);
    private readonly CancellationTokenSource closing = new();
    private readonly string path;
    private readonly FileStream progress;
    private readonly Func<Task> closeAtShim;
    private NamedPipe? pipe;

    private InputPipe(string path, FileStream progress, Func<Task> closeAtShim)
    {
        this.path = path;
        this.progress = progress;
        this.closeAtShim = closeAtShim;
    }

    /// <summary>How many bytes were passed on to the process.</summary>
    public long Taken { get; private set; }

    public bool IsClosed { get; private set; }

    /// <param name="path">Of the named pipe, which exists.</param>
    /// <param name="progressPath">Where to keep how far it is.</param>
    /// <param name="closeAtShim">Closes the shim's own end, so that the process sees the end.</param>
    public static InputPipe Open(string path, string progressPath, Func<Task> closeAtShim)
    {
        FileStream progress = new(progressPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var opened = new InputPipe(path, progress, closeAtShim);
        byte[] state = new byte[ProgressLength];
        if (RandomAccess.Read(progress.SafeFileHandle, state, 0) == ProgressLength)
        {
            opened.Taken = BinaryPrimitives.ReadInt64LittleEndian(state);
            opened.IsClosed = state[ProgressLength - 1] != 0;
        }

        return opened;
    }

    /// <summary>Passes bytes on, as fast as the process reads them.</summary>
    /// <param name="offset">Where they belong; what lies below <see cref="Taken"/> is skipped.</param>
    /// <param name="bytes">May be empty.</param>
    /// <param name="isEnd">Closes the input afterwards, wherever the offset is.</param>
    /// <param name="processEnded">Completes when the process has ended: nobody reads any more.</param>
    /// <param name="cancellation">Gives up; what was taken is counted.</param>
    /// <exception cref="ApplianceException">FailedPrecondition: a gap, a closed input, an ended process.</exception>
    public async Task WriteAsync(
        long offset, ReadOnlyMemory<byte> bytes, bool isEnd, Task processEnded, CancellationToken cancellation)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, closing.Token);
        await writing.WaitAsync(either.Token);
        try
        {
            if (offset > Taken && !bytes.IsEmpty)
            {
                throw new ApplianceException(
                    ErrorKind.FailedPrecondition, $"Input at offset {offset} would leave a gap: {Taken} bytes were taken so far. Continue there.");
            }

            long skipped = Math.Min(Taken - offset, bytes.Length);
            await PassOnAsync(bytes[(int)Math.Max(0, skipped)..], processEnded, either.Token);
            if (isEnd && !IsClosed)
            {
                await CloseAsync();
            }
        }
        finally
        {
            writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        pipe?.Dispose();
        await progress.DisposeAsync();
    }

    private async Task PassOnAsync(ReadOnlyMemory<byte> bytes, Task processEnded, CancellationToken cancellation)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (IsClosed || processEnded.IsCompleted)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, IsClosed ? "The input is closed already." : "The process has ended: nobody reads its input.");
        }

        pipe ??= NamedPipe.OpenForWriting(path);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task writer = pipe.WriteAsync(bytes, Advance, ended.Token).AsTask();
        if (await Task.WhenAny(writer, processEnded) != writer)
        {
            await ended.CancelAsync();
        }

        try
        {
            await writer;
        }
        catch (OperationCanceledException) when (processEnded.IsCompleted)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, "The process ended before it had read all of its input.");
        }
    }

    private async Task CloseAsync()
    {
        // The reader must see the end only after what is still in the pipe; closing both writing ends does that.
        await closeAtShim();
        pipe?.Dispose();
        pipe = null;
        IsClosed = true;
        Save();
    }

    private void Advance(int count)
    {
        Taken += count;
        Save();
    }

    private void Save()
    {
        Span<byte> state = stackalloc byte[ProgressLength];
        BinaryPrimitives.WriteInt64LittleEndian(state, Taken);
        state[ProgressLength - 1] = IsClosed ? (byte)1 : (byte)0;
        RandomAccess.Write(progress.SafeFileHandle, state, 0);
    }
}
