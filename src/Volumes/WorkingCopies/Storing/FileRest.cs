using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>Makes sure that the times of a file tell of every change from now on.</summary>
internal static class FileRest
{
    // The clock of file times ticks this slowly at worst: two changes within a tick have the same time.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until a change would have another time than the last one, also a change through mapped memory.</summary>
    public static async Task AwaitAsync(SafeFileHandle file, string path, FileStatus status, TimeProvider clock, CancellationToken cancellation)
    {
        TimeSpan age = clock.GetUtcNow() - status.ChangedAt;
        if (age < Tick)
        {
            await Task.Delay(age > TimeSpan.Zero ? Tick - age : Tick, clock, cancellation).ConfigureAwait(false);
        }

        PosixFile.WriteBack(file, path);
    }
}
