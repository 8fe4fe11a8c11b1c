using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Transactions;

/// <summary>
/// One consistent snapshot of the metadata, which the table classes read from. Valid only inside the function it was
/// given to.
/// </summary>
public class ReadTransaction
{
    private readonly Connection connection;
    private bool hasEnded;

    internal ReadTransaction(Connection connection, RecentKeys recentKeys)
    {
        this.connection = connection;
        RecentKeys = recentKeys;
    }

    internal RecentKeys RecentKeys { get; }

    /// <summary>The number of the row that was added last.</summary>
    internal long LastInsertedId => connection.LastInsertedId;

    internal Statement Prepare(string sql)
    {
        if (hasEnded)
        {
            throw new InvalidOperationException("The transaction has ended; it is valid only inside its function.");
        }

        // SQLite rolls back by itself after some errors. What came next would be committed statement by statement.
        if (connection.IsAutocommit)
        {
            throw new InvalidOperationException("The transaction was rolled back by an earlier error.");
        }

        return connection.Prepare(sql);
    }

    internal void End() => hasEnded = true;
}
