using System.Collections.Concurrent;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Calls;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Calls;

/// <summary>The direct calls that are under way.</summary>
public sealed class DirectCalls
{
    private readonly ConcurrentDictionary<FunctionCallId, DirectCall> calls = new();

    /// <summary>Makes a call, and its input for the pool.</summary>
    public (DirectCall Call, PoolInput Input) Create(string method, InputArguments arguments)
    {
        var call = new DirectCall(ObjectId.Mint<FunctionCallId>(), arguments);
        calls[call.Id] = call;
        return (call, new PoolInput(ObjectId.Mint<InputId>(), call.Id, method, isSpawned: false, isDirect: true));
    }

    /// <summary>Null when it is over, or is none.</summary>
    public DirectCall? Find(FunctionCallId id) => calls.GetValueOrDefault(id);

    public void End(FunctionCallId id, DirectOutcome outcome)
    {
        if (calls.TryRemove(id, out DirectCall? call))
        {
            call.End(outcome);
        }
    }
}
