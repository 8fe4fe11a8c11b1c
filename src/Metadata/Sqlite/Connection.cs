using System.Globalization;
using SQLitePCL;

namespace Appliance.Metadata.Sqlite;

/// <summary>One SQLite connection with its cache of prepared statements. Used by one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    // SQLITE_DBSTATUS_CACHE_WRITE, which the managed layer does not name.
    private const int PagesWritten = 9;

    private readonly sqlite3 handle;

    // Texts are constants, and so known by their place in memory; to hash them whole took longer than many a statement.
    private readonly Dictionary<string, Statement> statements = new(ReferenceEqualityComparer.Instance);

    private Connection(sqlite3 handle) => this.handle = handle;

    /// <summary>True outside a transaction, also when SQLite itself rolled one back because of an error.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(handle) != 0;

    public long LastInsertedId => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static Connection OpenWriter(string path, TimeSpan busyTimeout) =>
        Open(path, raw.SQLITE_OPEN_READWRITE, busyTimeout);

    /// <summary>Opens an existing file for reading.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static Connection OpenReader(string path, TimeSpan busyTimeout) =>
        Open(path, raw.SQLITE_OPEN_READONLY, busyTimeout);

    public void SetBusyTimeout(TimeSpan timeout) => raw.sqlite3_busy_timeout(handle, (int)timeout.TotalMilliseconds);

    /// <summary>A statement from the cache. Only constant texts may be passed: the cache never shrinks.</summary>
    public Statement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out Statement? statement))
        {
            statement = new Statement(handle, sql);
            statements.Add(sql, statement);
        }

        return statement.Lend();
    }

    /// <summary>Takes back what failed work did not dispose, lest it hold its snapshot or be missing from the cache.</summary>
    public void ReclaimStatements()
    {
        foreach (Statement statement in statements.Values)
        {
            if (statement.IsLent)
            {
                statement.Dispose();
            }
        }
    }

    /// <summary>Runs one or several statements that are not worth caching.</summary>
    public void Execute(string sql) => SqliteException.ThrowIfFailed(raw.sqlite3_exec(handle, sql), handle);

    /// <summary>The first column of the first row, as text; empty when there is no row.</summary>
    public string ReadText(string sql) => ReadTexts(sql).FirstOrDefault(string.Empty);

    public List<string> ReadTexts(string sql)
    {
        var statement = new Statement(handle, sql);
        try
        {
            return statement.ReadAll(row => row.GetTextOrNull(0) ?? string.Empty);
        }
        finally
        {
            statement.Close();
        }
    }

    public int ReadInteger(string sql) => int.Parse(ReadText(sql), CultureInfo.InvariantCulture);

    /// <summary>Pages that this connection has written to the log since the last call.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(handle, PagesWritten, out int pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Copies log pages into the database file; answers the failure, if any, and the pages in the log.</summary>
    public (SqliteException? Failure, int PagesInLog) Checkpoint(int mode)
    {
        int result = raw.sqlite3_wal_checkpoint_v2(handle, "main", mode, out int pagesInLog, out _);
        return (result == raw.SQLITE_OK ? null : SqliteException.Of(result, handle), pagesInLog);
    }

    public void Dispose()
    {
        foreach (Statement statement in statements.Values)
        {
            statement.Close();
        }

        handle.Dispose();
    }

    private static Connection Open(string path, int access, TimeSpan busyTimeout)
    {
        SqliteLibrary.EnsureLoaded();
        int result = raw.sqlite3_open_v2(path, out sqlite3 handle, access | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            SqliteException.ThrowIfFailed(result, handle);
            raw.sqlite3_extended_result_codes(handle, 1);
            var opened = new Connection(handle);
            // First of all, because every later statement may meet a lock.
            opened.SetBusyTimeout(busyTimeout);
            return opened;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
