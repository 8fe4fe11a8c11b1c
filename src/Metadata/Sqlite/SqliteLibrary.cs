using SQLitePCL;

namespace Appliance.Metadata.Sqlite;

/// <summary>The one place that binds the managed layer to the SQLite linked into the executable.</summary>
internal static class SqliteLibrary
{
    static SqliteLibrary()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // Nobody reads its statistics of memory, which take a lock that all connections share at each allocation.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <summary>For example "3.40.1".</summary>
    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Does its work in the static constructor, once.</summary>
    public static void EnsureLoaded()
    {
    }
}
