using System.Runtime.ExceptionServices;
using Appliance.Core.Errors;
using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Transactions;

/// <summary>
/// A bounded set of read-only connections, opened when first needed. The most recently used one is lent first: its
/// statements and pages are warm.
/// </summary>
internal sealed class ReaderPool(string path, MetadataSettings settings, RecentKeys recentKeys, StorageFailures failures) : IAsyncDisposable
{
    [ThreadStatic]
    private static ReaderPool? readingOnThisThread;

    private readonly Stack<Connection> idle = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int lentCount;
    private bool isClosed;

    public T Read<T>(Func<ReadTransaction, T> work)
    {
        if (readingOnThisThread == this)
        {
            // With every connection lent to an outer read, inner ones would wait for each other for ever.
            throw new InvalidOperationException("A read runs inside another: pass the outer transaction on instead.");
        }

        readingOnThisThread = this;
        try
        {
            return ReadAlone(work);
        }
        finally
        {
            readingOnThisThread = null;
        }
    }

    /// <summary>Waits for the reads under way and closes the connections; later reads are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (idle)
        {
            isClosed = true;
            Monitor.PulseAll(idle);
            if (lentCount == 0)
            {
                drained.TrySetResult();
            }
        }

        await drained.Task.ConfigureAwait(false);
        while (idle.TryPop(out Connection? connection))
        {
            connection.Dispose();
        }
    }

    private T ReadAlone<T>(Func<ReadTransaction, T> work)
    {
        Connection? connection = Take();
        try
        {
            connection ??= Connection.OpenReader(path, settings.BusyTimeout);
            return ReadSnapshot(connection, work);
        }
        catch (SqliteException failure)
        {
            // A connection on which SQLite failed is not trusted with another read: this is rare, and opening is cheap.
            connection?.Dispose();
            connection = null;
            ExceptionDispatchInfo.Throw(failures.Describe(failure));
            throw;
        }
        finally
        {
            GiveBack(connection);
        }
    }

    private T ReadSnapshot<T>(Connection connection, Func<ReadTransaction, T> work)
    {
        connection.Prepare("BEGIN").Run();
        var transaction = new ReadTransaction(connection, recentKeys);
        try
        {
            return work(transaction);
        }
        finally
        {
            transaction.End();
            connection.ReclaimStatements();
            if (!connection.IsAutocommit)
            {
                connection.Prepare("COMMIT").Run();
            }
        }
    }

    /// <summary>The right to use one connection, and an open one if there is any.</summary>
    private Connection? Take()
    {
        lock (idle)
        {
            while (lentCount == settings.ReaderCountMax && !isClosed)
            {
                Monitor.Wait(idle);
            }

            if (isClosed)
            {
                throw new ApplianceException(ErrorKind.Unavailable, "The server is stopping and answers no more reads.");
            }

            lentCount++;
            return idle.TryPop(out Connection? connection) ? connection : null;
        }
    }

    private void GiveBack(Connection? connection)
    {
        lock (idle)
        {
            lentCount--;
            if (connection is not null)
            {
                idle.Push(connection);
            }

            Monitor.Pulse(idle);
            if (isClosed && lentCount == 0)
            {
                drained.TrySetResult();
            }
        }
    }
}
