using System.Runtime.ExceptionServices;
using Appliance.Core.Errors;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Transactions;

/// <summary>
/// A bounded set of read-only connections, opened when first needed. The most recently used one is lent first: its
/// statements and pages are warm.
/// </summary>
internal sealed class ReaderPool(string path, MetadataSettings settings, StorageFailures failures) : IAsyncDisposable
{
    [ThreadStatic]
    private static ReaderPool? readingOnThisThread;

    private readonly SemaphoreSlim slots = new(settings.ReaderCountMax, settings.ReaderCountMax);
    private readonly Stack<Connection> idle = new();

    private bool isClosed;

    public T Read<T>(Func<ReadTransaction, T> work)
    {
        if (readingOnThisThread == this)
        {
            // With every connection lent to an outer read, inner ones would wait for each other for ever.
            throw new InvalidOperationException("A read runs inside another: pass the outer transaction on instead.");
        }

        slots.Wait();
        try
        {
            readingOnThisThread = this;
            return ReadInSlot(work);
        }
        finally
        {
            readingOnThisThread = null;
            slots.Release();
        }
    }

    /// <summary>Waits for the reads under way and closes the connections; later reads are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        for (int taken = 0; taken < settings.ReaderCountMax; taken++)
        {
            await slots.WaitAsync().ConfigureAwait(false);
        }

        isClosed = true;
        while (idle.TryPop(out Connection? connection))
        {
            connection.Dispose();
        }

        slots.Release(settings.ReaderCountMax);
    }

    private T ReadInSlot<T>(Func<ReadTransaction, T> work)
    {
        Connection? connection = null;
        try
        {
            connection = Take();
            T result = ReadSnapshot(connection, work);
            GiveBack(connection);
            return result;
        }
        catch (SqliteException failure)
        {
            // A connection on which SQLite failed is not trusted with another read: this is rare, and opening is cheap.
            connection?.Dispose();
            Exception described = failures.Describe(failure);
            ExceptionDispatchInfo.Throw(described);
            throw;
        }
        catch when (connection is not null)
        {
            GiveBack(connection);
            throw;
        }
    }

    private static T ReadSnapshot<T>(Connection connection, Func<ReadTransaction, T> work)
    {
        connection.Prepare("BEGIN").Run();
        var transaction = new ReadTransaction(connection);
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

    private Connection Take()
    {
        lock (idle)
        {
            if (isClosed)
            {
                throw new ApplianceException(ErrorKind.Unavailable, "The server is stopping and answers no more reads.");
            }

            if (idle.TryPop(out Connection? connection))
            {
                return connection;
            }
        }

        return Connection.OpenReader(path, settings.BusyTimeout);
    }

    private void GiveBack(Connection connection)
    {
        lock (idle)
        {
            idle.Push(connection);
        }
    }
}
