using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Transactions;

/// <summary>
/// The right to change the metadata. What one function does through it becomes visible and durable as a whole or not
/// at all; it sees its own changes and those of every function that ran before it.
/// </summary>
public sealed class WriteTransaction : ReadTransaction
{
    internal WriteTransaction(Connection connection, RecentKeys recentKeys, DateTimeOffset now)
        : base(connection, recentKeys) => Now = now;

    /// <summary>When the work began, in the whole microseconds that are stored.</summary>
    public DateTimeOffset Now { get; }
}
