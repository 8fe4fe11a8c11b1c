using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Native.Files;
using SQLitePCL;

namespace Appliance.Metadata.Sqlite;

/// <summary>Says in the operator's words what SQLite or the file system refused, and what to do about it.</summary>
internal sealed class StorageFailures(string directory, string databasePath)
{
    private const int NoSpaceLeft = 28;
    private const int DeviceError = 5;
    private const int QuotaExceeded = 122;
    private const int ReadOnlyFileSystem = 30;
    private const long SpaceBytesMin = 64 * 1024;

    /// <summary>A failure fit for users; the exception itself when it is not about storage.</summary>
    public Exception Describe(Exception failure) => failure switch
    {
        SqliteException sqlite => Describe(sqlite),
        IOException { HResult: NoSpaceLeft or QuotaExceeded } => Full(failure),
        IOException { HResult: ReadOnlyFileSystem } or UnauthorizedAccessException => ReadOnly(failure),
        IOException { HResult: DeviceError } => Device(failure),
        IOException => new ApplianceException(
            ErrorKind.FailedPrecondition,
            $"The data directory '{directory}' cannot be used: {failure.Message.TrimEnd('.')}. Choose another with --data.",
            failure),
        _ => failure,
    };

    /// <summary>The database is damaged; <paramref name="detail"/> is SQLite's own finding.</summary>
    public ApplianceException Damaged(string detail, Exception? cause = null) => new(
        ErrorKind.DataLoss,
        $"The metadata database '{databasePath}' is damaged: {detail}. Nothing was changed. Stop the server, keep a copy "
        + $"of '{databasePath}' and its '-wal' file, and put a backup in its place ({CopiesText()}).",
        cause);

    private Exception Describe(SqliteException failure) => failure.Kind switch
    {
        raw.SQLITE_FULL => Full(failure),
        raw.SQLITE_IOERR when FreeBytes() < SpaceBytesMin => Full(failure),
        raw.SQLITE_IOERR => Device(failure),
        raw.SQLITE_READONLY => ReadOnly(failure),
        raw.SQLITE_CANTOPEN => new ApplianceException(
            ErrorKind.FailedPrecondition,
            $"The metadata database '{databasePath}' cannot be opened: {failure.Message} Check that the directory is "
            + "readable and writable for this user and that the limit of open files is not reached.",
            failure),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(failure.Message.TrimEnd('.'), failure),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new ApplianceException(
            ErrorKind.Unavailable,
            $"The metadata database '{databasePath}' is locked by another program, such as an open sqlite3 shell. "
            + "Nothing was changed. Close that program and repeat the request.",
            failure),
        _ => failure,
    };

    private ApplianceException Full(Exception cause) => new(
        ErrorKind.ResourceExhausted,
        $"The disk that holds '{directory}' is full ({FreeText()} free). Nothing was changed and nothing stored is lost. "
        + "Free space there and repeat the request.",
        cause);

    private ApplianceException ReadOnly(Exception cause) => new(
        ErrorKind.FailedPrecondition,
        $"The data directory '{directory}' cannot be written: {cause.Message.TrimEnd('.')}. Mount it writable, give this "
        + "user write permission, or choose another directory with --data.",
        cause);

    private ApplianceException Device(Exception cause) => new(
        ErrorKind.Unavailable,
        $"The disk that holds '{directory}' reported an error: {cause.Message.TrimEnd('.')}. Nothing was acknowledged. "
        + "Look at the kernel's log (dmesg) and check the disk before you repeat the request.",
        cause);

    private string CopiesText()
    {
        string? newest = null;
        try
        {
            newest = Directory.EnumerateFiles(Path.Combine(directory, MetadataStore.CopiesDirectoryName), "*.db")
                .Max(StringComparer.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // No such directory, or an unreadable one: the message then says that there is none.
        }

        return newest is null ? "there is none in the data directory" : $"the newest in the data directory is '{newest}'";
    }

    private string FreeText() => string.Create(CultureInfo.InvariantCulture, $"{FreeBytes() / 1024} KiB");

    private long FreeBytes()
    {
        try
        {
            return DiskSpace.Of(directory).FreeBytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }
}
