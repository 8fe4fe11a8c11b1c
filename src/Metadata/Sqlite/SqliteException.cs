using SQLitePCL;

namespace Appliance.Metadata.Sqlite;

/// <summary>SQLite refused something. Never leaves this folder's callers: <see cref="StorageFailures"/> translates it.</summary>
internal sealed class SqliteException(int result, string message) : Exception($"{message} (SQLite error {result})")
{
    /// <summary>The extended result code.</summary>
    public int Result => result;

    /// <summary>The primary result code, for example SQLITE_FULL.</summary>
    public int Kind => result & 0xff;

    /// <exception cref="SqliteException">The result is a failure.</exception>
    public static void ThrowIfFailed(int result, sqlite3 database)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Of(result, database);
        }
    }

    public static SqliteException Of(int result, sqlite3 database)
    {
        // The connection's text is the more telling one, and belongs to its latest failure only.
        bool isLatest = raw.sqlite3_extended_errcode(database) == result;
        return new SqliteException(
            result, (isLatest ? raw.sqlite3_errmsg(database) : raw.sqlite3_errstr(result)).utf8_to_string());
    }
}
