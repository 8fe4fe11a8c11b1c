using System.Collections.Concurrent;
using Appliance.Core.Ids.Functions;

namespace Appliance.Engine.Calls;

/// <summary>Wakes those who wait for news of a call.</summary>
public sealed class CallSignals
{
    private readonly ConcurrentDictionary<FunctionCallId, TaskCompletionSource> waited = new();

    /// <summary>Ends with the next news. To be asked for before one looks at what there is, so that nothing is missed.</summary>
    public Task Next(FunctionCallId call) =>
        waited.GetOrAdd(call, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Raise(FunctionCallId call)
    {
        if (waited.TryRemove(call, out TaskCompletionSource? signal))
        {
            signal.TrySetResult();
        }
    }
}
