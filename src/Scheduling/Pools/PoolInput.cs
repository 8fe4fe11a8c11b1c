using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Calls;

namespace Appliance.Scheduling.Pools;

/// <summary>An input that has no result yet, as its pool knows it.</summary>
/// <param name="id">Its own.</param>
/// <param name="call">What it belongs to.</param>
/// <param name="method">Of a class; empty for a plain function.</param>
/// <param name="isSpawned">Whether nobody waits for its result.</param>
/// <param name="isDirect">Whether its caller is connected to it: it cannot be done again.</param>
public sealed class PoolInput(InputId id, FunctionCallId call, string method, bool isSpawned, bool isDirect = false)
{
    public InputId Id => id;

    public FunctionCallId Call => call;

    public string Method => method;

    public bool IsSpawned => isSpawned;

    public bool IsDirect => isDirect;

    /// <summary>What it carries, while that is at hand; else it is in the database.</summary>
    public InputArguments? Arguments { get; set; }

    /// <summary>How often it has failed and was begun anew.</summary>
    public int Attempt { get; set; }

    /// <summary>How often it was begun anew through no fault of its own.</summary>
    public int Losses { get; set; }

    /// <summary>Who works on it; null while it waits.</summary>
    public TaskId? Task { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>For a request to a server, which is given to a container that does not ask; null for an input.</summary>
    public ServerSeat? Seat { get; init; }
}
