using Appliance.Core.Errors;
using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Migrations;
using Appliance.Metadata.Opening;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata;

/// <summary>
/// All small durable facts, in one SQLite database: one writer whose commits are shared by the callers that wait for
/// them, many readers. The table classes (Identity, Settings, Idempotency) take the transactions that it hands out.
/// </summary>
public sealed class MetadataStore : IAsyncDisposable
{
    public const string FileName = "metadata.db";

    /// <summary>Within the data directory: where the copies made before each migration are kept.</summary>
    public const string CopiesDirectoryName = "backups";

    /// <summary>The version of SQLite in this executable, for example "3.40.1".</summary>
    public static string EngineVersion => SqliteLibrary.Version;

    private readonly string path;
    private readonly MetadataSettings settings;
    private readonly StorageFailures failures;
    private readonly DataDirectoryLock directoryLock;
    private readonly Connection connection;
    private readonly GroupWriter writer;
    private readonly ReaderPool readers;
    private int isDisposed;

    internal MetadataStore(
        string path, MetadataSettings settings, TimeProvider time, StorageFailures failures,
        DataDirectoryLock directoryLock, Connection connection, OpenOutcome opened)
    {
        this.path = path;
        this.settings = settings;
        this.failures = failures;
        this.directoryLock = directoryLock;
        this.connection = connection;
        Opened = opened;
        var recentKeys = new RecentKeys();
        readers = new ReaderPool(path, settings, recentKeys, failures);
        writer = new GroupWriter(connection, settings, recentKeys, time, failures);
    }

    /// <summary>What opening found and did.</summary>
    public OpenOutcome Opened { get; }

    /// <summary>
    /// Why the log could not be moved into the database last time; null when it could. Nothing is lost by it, but the
    /// log grows and commits will fail next: for health reports.
    /// </summary>
    public Exception? CheckpointFailure => writer.CheckpointFailure;

    /// <summary>
    /// Opens or creates the metadata of a data directory: keeps other servers off, recovers and checks after an unclean
    /// stop, migrates. Blocks for as long as that takes (a check reads the whole database), off the caller's thread.
    /// </summary>
    /// <exception cref="ApplianceException">
    /// Unavailable: in use or locked. FailedPrecondition: not writable, of a newer version, or not ours. DataLoss:
    /// damaged. ResourceExhausted: the disk is full.
    /// </exception>
    public static Task<MetadataStore> OpenAsync(string directory, TimeProvider time, MetadataSettings? settings = null) =>
        Task.Run(() => StoreOpening.Open(directory, time, settings ?? new MetadataSettings(), MigrationList.All));

    /// <summary>
    /// Runs <paramref name="work"/> on the writer's thread and answers once its changes are on disk. An exception from it
    /// undoes its own changes only and comes back to this caller. The work must be short, wait for nothing, and touch
    /// nothing but the transaction and its own locals.
    /// </summary>
    /// <param name="work">The changes.</param>
    /// <param name="cancellation">Withdraws work that has not begun; once begun it is finished and answered.</param>
    /// <exception cref="ApplianceException">
    /// ResourceExhausted, FailedPrecondition, Unavailable or DataLoss: the storage failed and nothing is visible.
    /// </exception>
    public Task<T> WriteAsync<T>(Func<WriteTransaction, T> work, CancellationToken cancellation = default) =>
        writer.WriteAsync(work, cancellation);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<WriteTransaction> work, CancellationToken cancellation = default) =>
        writer.WriteAsync(
            write =>
            {
                work(write);
                return true;
            },
            cancellation);

    /// <summary>
    /// Runs <paramref name="work"/> on one snapshot that contains every write acknowledged so far. Waits while all
    /// readers are lent, so the work must be short; it must not read again from the store itself.
    /// </summary>
    /// <exception cref="ApplianceException">DataLoss or Unavailable: the storage failed.</exception>
    public T Read<T>(Func<ReadTransaction, T> work) => readers.Read(work);

    /// <summary>Writes a consistent copy to a new file while the store stays in use; it is on disk when this returns.</summary>
    /// <exception cref="ApplianceException">AlreadyExists: the target is there. Others as for writes.</exception>
    public void BackupTo(string target)
    {
        if (File.Exists(target))
        {
            throw new ApplianceException(ErrorKind.AlreadyExists, $"'{target}' exists already: name a new file.");
        }

        var targetFailures = new StorageFailures(Path.GetDirectoryName(Path.GetFullPath(target))!, target);
        try
        {
            using Connection source = Connection.OpenReader(path, settings.BusyTimeout);
            DatabaseCopy.Write(source, Path.GetFullPath(target));
        }
        catch (SqliteException failure) when (failure.Kind == SQLitePCL.raw.SQLITE_CORRUPT)
        {
            throw failures.Describe(failure);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw targetFailures.Describe(failure);
        }
    }

    /// <summary>Finishes what is queued, folds the log into the database and marks the stop as clean.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        await writer.DisposeAsync().ConfigureAwait(false);
        await readers.DisposeAsync().ConfigureAwait(false);
        // The last connection to close moves the log into the database and removes it.
        connection.Dispose();
        directoryLock.MarkClean();
        directoryLock.Dispose();
    }
}
