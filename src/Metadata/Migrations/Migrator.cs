using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Metadata.Sqlite;
using Appliance.Native.Files;

namespace Appliance.Metadata.Migrations;

/// <summary>Brings the schema forward, one atomic step after the other, after a copy of what was there.</summary>
internal sealed class Migrator(string copiesDirectory, TimeProvider time, IReadOnlyList<Migration> steps)
{
    public static int ReadVersion(Connection connection) => connection.ReadInteger("PRAGMA user_version");

    /// <exception cref="ApplianceException">FailedPrecondition: the data was written by a newer appliance.</exception>
    public void EnsureKnown(int version)
    {
        int newest = steps.Count == 0 ? 0 : steps[^1].Version;
        if (version > newest)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"The data was written by a newer appliance (schema {version}; this one knows {newest}). Nothing was changed. "
                + $"Start that version, or put the copy it made before it changed the schema, '{copiesDirectory}/metadata-"
                + $"v{newest}-<time>.db', in the place of 'metadata.db' and remove 'metadata.db-wal'.");
        }
    }

    /// <summary>Runs the missing steps; answers the path of the copy made before, null when there was nothing to keep.</summary>
    public string? Migrate(Connection connection)
    {
        int version = ReadVersion(connection);
        Migration[] missing = [.. steps.Where(step => step.Version > version)];
        string? copy = version > 0 && missing.Length > 0 ? Copy(connection, version) : null;
        try
        {
            foreach (Migration step in missing)
            {
                Apply(connection, step);
            }
        }
        catch when (copy is not null && ReadVersion(connection) == version)
        {
            // Nothing was changed, and a server that is restarted over and over must not fill the disk.
            File.Delete(copy);
            throw;
        }

        return copy;
    }

    private string Copy(Connection connection, int version)
    {
        Directory.CreateDirectory(
            copiesDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DirectorySync.Flush(Path.GetDirectoryName(copiesDirectory)!);
        string stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        string path = Path.Combine(copiesDirectory, string.Create(CultureInfo.InvariantCulture, $"metadata-v{version}-{stamp}.db"));
        DatabaseCopy.Write(connection, path);
        return path;
    }

    private static void Apply(Connection connection, Migration step)
    {
        // Off while a step may rebuild a table that others refer to; this has no effect inside a transaction.
        connection.Execute("PRAGMA foreign_keys = OFF");
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            connection.Execute(step.Sql);
            List<string> orphans = connection.ReadTexts("PRAGMA foreign_key_check");
            if (orphans.Count > 0)
            {
                throw new ApplianceException(
                    ErrorKind.Internal,
                    $"The step to schema {step.Version} ('{step.Name}') would leave rows of '{orphans[0]}' without their owner. "
                    + "Nothing was changed; start the version before and report this.");
            }

            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {step.Version}"));
            connection.Execute("COMMIT");
        }
        finally
        {
            if (!connection.IsAutocommit)
            {
                connection.Execute("ROLLBACK");
            }

            connection.Execute("PRAGMA foreign_keys = ON");
        }
    }
}
