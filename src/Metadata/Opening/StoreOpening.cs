using Appliance.Metadata.Migrations;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Opening;

/// <summary>The order of opening: lock, file, connection, ownership, version, check, migrations.</summary>
internal static class StoreOpening
{
    public static MetadataStore Open(
        string directory, TimeProvider time, MetadataSettings settings, IReadOnlyList<Migration> migrations)
    {
        directory = Path.GetFullPath(directory);
        string path = Path.Combine(directory, MetadataStore.FileName);
        var failures = new StorageFailures(directory, path);
        DataDirectoryLock? directoryLock = null;
        Connection? connection = null;
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            directoryLock = DataDirectoryLock.Take(directory);
            var file = new DatabaseFile(path, failures);
            bool wasCreated = file.EnsureExists();
            connection = file.OpenWriter(settings.BusyTimeout);

            file.EnsureOurs(connection);
            var migrator = new Migrator(Path.Combine(directory, MetadataStore.CopiesDirectoryName), time, migrations);
            int schemaBefore = Migrator.ReadVersion(connection);
            migrator.EnsureKnown(schemaBefore);

            TimeSpan? checkTime = null;
            if (!wasCreated && !directoryLock.WasStoppedCleanly)
            {
                long started = time.GetTimestamp();
                file.EnsureSound(connection);
                checkTime = time.GetElapsedTime(started);
            }

            string? copy = migrator.Migrate(connection);
            var opened = new OpenOutcome(wasCreated, checkTime, schemaBefore, Migrator.ReadVersion(connection), copy);
            return new MetadataStore(path, settings, time, failures, directoryLock, connection, opened);
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            directoryLock?.RestoreMark();
            directoryLock?.Dispose();
            Exception described = failure is SqliteException or IOException or UnauthorizedAccessException
                ? failures.Describe(failure)
                : failure;
            if (described == failure)
            {
                throw;
            }

            throw described;
        }
    }
}
