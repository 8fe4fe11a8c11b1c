using System.Text;
using Appliance.Core.Digests;
using SQLitePCL;

namespace Appliance.Metadata.Sqlite;

/// <summary>
/// A prepared statement lent out by its connection's cache: bind the parameters in their order, step, read columns,
/// dispose.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int StackBytesMax = 512;

    private readonly sqlite3 database;
    private readonly sqlite3_stmt handle;
    private int parameterCount;

    public Statement(sqlite3 database, string sql)
    {
        this.database = database;
        int result = raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out handle);
        SqliteException.ThrowIfFailed(result, database);
    }

    public bool IsLent { get; private set; }

    public Statement Lend()
    {
        if (IsLent)
        {
            throw new InvalidOperationException("The same statement is still being read: dispose it first.");
        }

        IsLent = true;
        return this;
    }

    public Statement Bind(long value) => Bound(raw.sqlite3_bind_int64(handle, ++parameterCount, value));

    public Statement Bind(bool value) => Bind(value ? 1L : 0L);

    public Statement Bind(DateTimeOffset value) => Bind(UnixMicroseconds.From(value));

    public Statement Bind(DateTimeOffset? value) => value is { } time ? Bind(time) : BindNull();

    public Statement Bind(ReadOnlySpan<byte> value) => Bound(value.IsEmpty
        ? raw.sqlite3_bind_zeroblob(handle, ++parameterCount, 0)
        : raw.sqlite3_bind_blob(handle, ++parameterCount, value));

    public Statement Bind(Digest value)
    {
        Span<byte> bytes = stackalloc byte[Digest.LengthBytes];
        value.CopyTo(bytes);
        return Bind(bytes);
    }

    public Statement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        if (value.Length == 0)
        {
            // An empty span has no address, and SQLite reads no address as NULL.
            return Bound(raw.sqlite3_bind_text(handle, ++parameterCount, string.Empty));
        }

        int lengthMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = lengthMax <= StackBytesMax ? stackalloc byte[lengthMax] : new byte[lengthMax];
        int length = Encoding.UTF8.GetBytes(value, bytes);
        return Bound(raw.sqlite3_bind_text(handle, ++parameterCount, bytes[..length]));
    }

    public Statement BindNull() => Bound(raw.sqlite3_bind_null(handle, ++parameterCount));

    /// <summary>Moves to the next row; false when there is none.</summary>
    public bool Step()
    {
        int result = raw.sqlite3_step(handle);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        throw SqliteException.Of(result, database);
    }

    /// <summary>Runs a statement that answers no rows, gives it back, and says how many rows it changed.</summary>
    public int Run()
    {
        using (this)
        {
            Step();
            return raw.sqlite3_changes(database);
        }
    }

    /// <summary>Runs a query, gives the statement back, and answers each row as read by <paramref name="read"/>.</summary>
    public List<T> ReadAll<T>(Func<Statement, T> read)
    {
        using (this)
        {
            var rows = new List<T>();
            while (Step())
            {
                rows.Add(read(this));
            }

            return rows;
        }
    }

    /// <summary>As <see cref="ReadAll"/> for a query of at most one row; null when there is none.</summary>
    public T? ReadFirst<T>(Func<Statement, T> read)
        where T : class
    {
        using (this)
        {
            return Step() ? read(this) : null;
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long GetInteger(int column) => raw.sqlite3_column_int64(handle, column);

    public bool GetBoolean(int column) => GetInteger(column) != 0;

    public string GetText(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public string? GetTextOrNull(int column) => IsNull(column) ? null : GetText(column);

    public byte[] GetBytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public Digest GetDigest(int column) => Digest.FromBytes(raw.sqlite3_column_blob(handle, column));

    public DateTimeOffset GetTime(int column) => UnixMicroseconds.ToTime(GetInteger(column));

    public DateTimeOffset? GetTimeOrNull(int column) => IsNull(column) ? null : GetTime(column);

    /// <summary>Gives the statement back to the cache. Its last failure was already thrown by <see cref="Step"/>.</summary>
    public void Dispose()
    {
        raw.sqlite3_reset(handle);
        if (parameterCount > 0)
        {
            raw.sqlite3_clear_bindings(handle);
            parameterCount = 0;
        }

        IsLent = false;
    }

    public void Close() => handle.Dispose();

    private Statement Bound(int result)
    {
        SqliteException.ThrowIfFailed(result, database);
        return this;
    }
}
