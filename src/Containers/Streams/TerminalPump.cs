using Appliance.Native.Pipes;

namespace Appliance.Containers.Streams;

/// <summary>
/// Carries a terminal's output from the shim's pipe into its file: shims write a terminal's output to pipes only. While
/// the appliance is down the pipe holds 64 KiB, then the program waits.
/// </summary>
public static class TerminalPump
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Runs until every writer has closed, or until told to stop.</summary>
    /// <param name="pipePath">Of the named pipe, which exists.</param>
    /// <param name="filePath">What is read is added to it.</param>
    /// <param name="stop">Ends it once the pipe is empty.</param>
    public static async Task RunAsync(string pipePath, string filePath, CancellationToken stop)
    {
        // Opened for both, so that it does not end before the shim has opened its end.
        using NamedPipe pipe = NamedPipe.OpenForWriting(pipePath);
        await using FileStream file = new(filePath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] buffer = new byte[ChunkBytes];
        try
        {
            while (true)
            {
                int count = await pipe.ReadAsync(buffer, stop);
                await file.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop while there was nothing to read: all of it has been passed on.
        }
    }
}
