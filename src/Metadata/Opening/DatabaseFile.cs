using Appliance.Core.Errors;
using Appliance.Metadata.Sqlite;
using Appliance.Native.Files;

namespace Appliance.Metadata.Opening;

/// <summary>The database file itself: creation, ownership, the writer's connection, the check after a crash.</summary>
internal sealed class DatabaseFile(string path, StorageFailures failures)
{
    // "APLI": marks the file as ours, so that a foreign database under our name is refused and not migrated.
    private const int ApplicationId = 0x41504C49;
    private const int ProblemsMax = 5;

    /// <summary>Creates an empty file when there is none; false when there was one.</summary>
    public bool EnsureExists()
    {
        // An empty file is what a crash right after creation leaves.
        bool isNew = !File.Exists(path) || new FileInfo(path).Length == 0;
        if (isNew)
        {
            // The log and its index take over this mode: token hashes and keys are nobody else's business.
            new FileStream(path, OwnerOnly(FileMode.OpenOrCreate)).Dispose();
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
        }

        return isNew;
    }

    public static FileStreamOptions OwnerOnly(FileMode mode) => new()
    {
        Mode = mode,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    /// <summary>The connection that writes. Opening it recovers the log that a crash left.</summary>
    public Connection OpenWriter(TimeSpan busyTimeout)
    {
        Connection connection = Connection.OpenWriter(path, busyTimeout);
        try
        {
            string journal = connection.ReadText("PRAGMA journal_mode = WAL");
            if (journal != "wal")
            {
                throw new ApplianceException(
                    ErrorKind.FailedPrecondition,
                    $"The file system that holds '{path}' cannot share memory between connections (journal mode '{journal}'). "
                    + "Choose a local disk with --data.");
            }

            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA foreign_keys = ON");
            connection.Execute("PRAGMA wal_autocheckpoint = 0");
            connection.Execute("PRAGMA cache_size = -16384");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <exception cref="ApplianceException">FailedPrecondition: some other program's database.</exception>
    public void EnsureOurs(Connection connection)
    {
        int found = connection.ReadInteger("PRAGMA application_id");
        if (found == ApplicationId)
        {
            return;
        }

        if (found != 0 || connection.ReadInteger("SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"'{path}' is not an appliance's database (application id {found}). Move it away or choose another --data "
                + "directory.");
        }

        connection.Execute($"PRAGMA application_id = {ApplicationId}");
    }

    /// <exception cref="ApplianceException">DataLoss, with SQLite's first findings.</exception>
    public void EnsureSound(Connection connection)
    {
        List<string> problems = connection.ReadTexts($"PRAGMA integrity_check({ProblemsMax})");
        if (problems is not ["ok"])
        {
            throw failures.Damaged(string.Join("; ", problems));
        }
    }
}
