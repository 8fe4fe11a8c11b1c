using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Transactions;

/// <summary>
/// The one writer. Takes everything that is queued, runs it in one transaction, each caller's work inside a savepoint
/// of its own, and replies after the commit: callers that arrive together share one fsync. It never waits for more
/// callers, so one caller alone pays nothing; while a commit is under way the next group gathers by itself.
/// </summary>
internal sealed class GroupWriter : IAsyncDisposable
{
    private readonly Connection connection;
    private readonly RecentKeys recentKeys;
    private readonly TimeProvider time;
    private readonly StorageFailures failures;
    private readonly WalCheckpointer checkpointer;
    private readonly WriteQueue queue;
    private readonly int groupSizeMax;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupWriter(
        Connection connection, MetadataSettings settings, RecentKeys recentKeys, TimeProvider time, StorageFailures failures)
    {
        this.connection = connection;
        this.recentKeys = recentKeys;
        this.time = time;
        this.failures = failures;
        checkpointer = new WalCheckpointer(connection, settings.BusyTimeout);
        queue = new WriteQueue(settings.QueueLengthMax);
        groupSizeMax = settings.GroupSizeMax;
        new Thread(Run) { Name = "metadata writer", IsBackground = true }.Start();
    }

    public Exception? CheckpointFailure => checkpointer.Failure is { } failure ? failures.Describe(failure) : null;

    public Task<T> WriteAsync<T>(Func<WriteTransaction, T> work, CancellationToken cancellation)
    {
        var write = new PendingWrite<T>(work, cancellation);
        Task added = queue.AddAsync(write, cancellation);
        return added.IsCompletedSuccessfully ? write.Task : WaitAsync(added, write);
    }

    /// <summary>Finishes what is queued and stops the thread. The connection stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        await stopped.Task.ConfigureAwait(false);
    }

    private static async Task<T> WaitAsync<T>(Task added, PendingWrite<T> write)
    {
        await added.ConfigureAwait(false);
        return await write.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        var group = new List<IPendingWrite>(groupSizeMax);
        while (queue.TakeGroup(group, groupSizeMax))
        {
            if (Commit(group))
            {
                group.ForEach(write => write.Complete());
                checkpointer.AfterCommit();
            }

            group.Clear();
        }

        stopped.SetResult();
    }

    private bool Commit(List<IPendingWrite> group)
    {
        try
        {
            connection.Prepare("BEGIN IMMEDIATE").Run();
            foreach (IPendingWrite write in group)
            {
                RunOne(write);
            }

            connection.Prepare("COMMIT").Run();
            return true;
        }
        catch (Exception failure)
        {
            // Whoever already failed on its own keeps that answer. A failed commit may still have reached the disk
            // whole and appear after a crash: an error is no promise either way, which is what idempotency keys are for.
            group.ForEach(write => write.Fail(failures.Describe(failure)));
            RollBack();
            return false;
        }
    }

    private void RunOne(IPendingWrite write)
    {
        if (write.TryCancel())
        {
            return;
        }

        var transaction = new WriteTransaction(connection, recentKeys, WholeMicroseconds(time.GetUtcNow()));
        connection.Prepare("SAVEPOINT work").Run();
        try
        {
            write.Run(transaction);
            connection.Prepare("RELEASE work").Run();
        }
        catch (Exception failure) when (!connection.IsAutocommit)
        {
            write.Fail(failures.Describe(failure));
            connection.ReclaimStatements();
            connection.Prepare("ROLLBACK TO work").Run();
            connection.Prepare("RELEASE work").Run();
        }
        finally
        {
            transaction.End();
        }
    }

    private void RollBack()
    {
        connection.ReclaimStatements();
        try
        {
            if (!connection.IsAutocommit)
            {
                connection.Prepare("ROLLBACK").Run();
            }
        }
        catch (SqliteException)
        {
            // The transaction is undone all the same: SQLite reports the error that made the rollback necessary.
        }
    }

    private static DateTimeOffset WholeMicroseconds(DateTimeOffset time) =>
        UnixMicroseconds.ToTime(UnixMicroseconds.From(time));
}
