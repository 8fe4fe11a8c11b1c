using SQLitePCL;

namespace Appliance.Metadata.Sqlite;

/// <summary>
/// Moves committed pages from the log into the database file, between groups and not inside a commit, so that no
/// reply waits for it. The log keeps its size and is overwritten, which is cheaper than growing it anew; only a log
/// that could not be restarted for long, because readers always overlapped, is waited for and truncated.
/// </summary>
internal sealed class WalCheckpointer(Connection connection, TimeSpan busyTimeout)
{
    private const int PagesBetween = 4_000;
    private const int PagesMax = 16_384;

    // Readers finish in well under this; a backup does not, and writers must not wait for one.
    private static readonly TimeSpan ReaderWait = TimeSpan.FromMilliseconds(100);

    private int pagesSinceLast;
    private int truncateAtPages = PagesMax;
    private SqliteException? failure;

    /// <summary>Why the last checkpoint failed; null when it did not. The log still holds all that is acknowledged.</summary>
    public SqliteException? Failure => Volatile.Read(ref failure);

    public void AfterCommit()
    {
        pagesSinceLast += connection.TakePagesWritten();
        if (pagesSinceLast < PagesBetween)
        {
            return;
        }

        pagesSinceLast = 0;
        (SqliteException? result, int pagesInLog) = connection.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
        if (result is null && pagesInLog >= truncateAtPages)
        {
            result = Truncate(pagesInLog);
        }

        Volatile.Write(ref failure, result is { Kind: raw.SQLITE_BUSY } ? null : result);
    }

    private SqliteException? Truncate(int pagesInLog)
    {
        connection.SetBusyTimeout(ReaderWait);
        (SqliteException? result, _) = connection.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        connection.SetBusyTimeout(busyTimeout);
        truncateAtPages = result is null ? PagesMax : pagesInLog * 2;
        return result;
    }
}
