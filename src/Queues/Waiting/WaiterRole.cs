namespace Appliance.Queues.Waiting;

/// <summary>What somebody waits for.</summary>
internal enum WaiterRole
{
    /// <summary>To take items, which then are there for nobody else.</summary>
    Taker,

    /// <summary>To see items, and leave them.</summary>
    Watcher,
}
