using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>Finds a moment at which a file rests, from which on its times tell of every change.</summary>
internal static class FileRest
{
    private const int AttemptsMax = 4;

    // The clock of file times ticks this slowly at worst: two changes within a tick have the same time.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Waits until no write is under way, and any further one will have another time than the last one had, also a store
    /// to mapped memory.
    /// </summary>
    /// <returns>What the file is at that moment; null when it does not come to rest.</returns>
    public static async Task<FileStatus?> TryAwaitAsync(SafeFileHandle file, string path, TimeProvider clock, CancellationToken cancellation)
    {
        FileStatus status = FileStatus.Of(file);
        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            TimeSpan age = clock.GetUtcNow() - status.ChangedAt;
            if (age < Tick)
            {
                await Task.Delay(age > TimeSpan.Zero ? Tick - age : Tick, clock, cancellation).ConfigureAwait(false);
            }

            if (FileWriters.MayExist(file))
            {
                // Only memory that is mapped already can be stored to unnoticed.
                PosixFile.WriteBack(file, path);
            }

            PosixFile.AwaitWrites(file);
            FileStatus rested = FileStatus.Of(file);
            if (IsSame(rested, status))
            {
                return rested;
            }

            status = rested;
        }

        return null;
    }

    public static bool IsSame(FileStatus one, FileStatus other) =>
        one.ChangedAt == other.ChangedAt && one.ModifiedAt == other.ModifiedAt && one.SizeBytes == other.SizeBytes;
}
