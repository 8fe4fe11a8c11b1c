using System.Runtime.CompilerServices;
using Appliance.Native.Watching;

namespace Appliance.Containers.Streams;

/// <summary>
/// Reads what a process wrote from any offset, and follows it while it is written. Any number of readers may, at any
/// pace, also after the end: the process never waits for them.
/// </summary>
public static class OutputReader
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>Yields pieces until the output has ended and all of it was read. What was dropped is left out, and told.</summary>
    /// <param name="path">Of the output's file.</param>
    /// <param name="offset">From the first byte that was ever written.</param>
    /// <param name="ended">Completes when nothing will be added any more.</param>
    /// <param name="cancellation">Stops following.</param>
    /// <returns>Each piece is valid until the next is asked for, and never empty.</returns>
    public static async IAsyncEnumerable<OutputPiece> ReadAsync(
        string path, long offset, Task ended, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] buffer = new byte[ChunkBytes];
        FileWatch? watch = null;
        long missing = 0;
        try
        {
            while (true)
            {
                // Both are taken before the file is looked at, so that nothing written in between is missed.
                bool hasEnded = ended.IsCompleted;
                Task? change = watch?.NextChange();
                int count = await RandomAccess.ReadAsync(file.SafeFileHandle, buffer, offset, cancellation);
                long start = KeptOutput.StartOf(path);
                if (start > offset)
                {
                    // Some of it may be what was there before, some of it zeros.
                    missing += start - offset;
                    offset = start;
                    continue;
                }

                if (count > 0)
                {
                    yield return new OutputPiece(offset, buffer.AsMemory(0, count), missing);
                    offset += count;
                    missing = 0;
                    continue;
                }

                if (hasEnded)
                {
                    yield break;
                }

                if (change is null)
                {
                    watch = FileGrowth.Shared.Watch(path);
                    continue;
                }

                await Task.WhenAny(change, ended).WaitAsync(cancellation);
            }
        }
        finally
        {
            watch?.Dispose();
        }
    }
}

/// <summary>Some bytes of an output and where they begin.</summary>
/// <param name="Offset">From the first byte that was ever written.</param>
/// <param name="Bytes">What was written there.</param>
/// <param name="Missing">How many bytes right before them were asked for and are not kept any more.</param>
public readonly record struct OutputPiece(long Offset, ReadOnlyMemory<byte> Bytes, long Missing)
{
    /// <summary>Says in a line of text that something is missing.</summary>
    public string Notice => $"[{Missing} bytes of output before this are not kept any more: there was more than the server's log-limit]\n";
}
