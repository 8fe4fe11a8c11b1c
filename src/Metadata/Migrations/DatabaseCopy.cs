using Appliance.Metadata.Opening;
using Appliance.Metadata.Sqlite;
using Appliance.Native.Files;

namespace Appliance.Metadata.Migrations;

/// <summary>A consistent copy of the database as one file, made while others read and write.</summary>
internal static class DatabaseCopy
{
    /// <summary>Writes the copy; under its final name it is whole and on disk, or not there at all.</summary>
    /// <exception cref="IOException">The target exists, or cannot be written.</exception>
    public static void Write(Connection connection, string target)
    {
        if (File.Exists(target))
        {
            throw new IOException($"'{target}' exists already");
        }

        string unfinished = target + ".unfinished";
        new FileStream(unfinished, DatabaseFile.OwnerOnly(FileMode.Create)).Dispose();
        try
        {
            // Reads every row of one snapshot, so a copy that succeeds is also a proof that all of it can be read.
            connection.Execute($"VACUUM INTO '{unfinished.Replace("'", "''", StringComparison.Ordinal)}'");
            using (FileStream file = File.OpenWrite(unfinished))
            {
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, target);
            DirectorySync.Flush(Path.GetDirectoryName(target)!);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
