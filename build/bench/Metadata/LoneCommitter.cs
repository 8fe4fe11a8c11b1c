using Appliance.Metadata;
using SQLitePCL;

namespace Appliance.Bench.Metadata;

/// <summary>The peer: SQLite as one thread would use it by itself, statement prepared, one row a commit.</summary>
internal sealed class LoneCommitter : IDisposable
{
    private const int WarmupCommits = 2_500;

    private readonly sqlite3 database;
    private readonly sqlite3_stmt insert;

    public LoneCommitter(string path)
    {
        // Asking binds the library.
        _ = MetadataStore.EngineVersion;
        Check(raw.sqlite3_open(path, out database));
        Check(raw.sqlite3_exec(database, """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE settings (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """));
        Check(raw.sqlite3_prepare_v2(database, "INSERT INTO settings (key, value, updated_at) VALUES (?, ?, 0)", out insert));
        // Beyond the first checkpoint the log is overwritten in place, which is the peer's best case.
        for (int count = 0; count < WarmupCommits; count++)
        {
            Commit($"warm-{count}", [0]);
        }
    }

    public void Commit(string key, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_text(insert, 1, key));
        Check(raw.sqlite3_bind_blob(insert, 2, value));
        Check(raw.sqlite3_step(insert));
        Check(raw.sqlite3_reset(insert));
    }

    public void Dispose()
    {
        insert.Dispose();
        database.Dispose();
    }

    private static void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            throw new InvalidOperationException($"SQLite error {result}");
        }
    }
}
