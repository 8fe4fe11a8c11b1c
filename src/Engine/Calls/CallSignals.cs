using Appliance.Core.Ids.Functions;

namespace Appliance.Engine.Calls;

/// <summary>Wakes those who wait for news of a call. Nothing of a call is kept that nobody watches.</summary>
public sealed class CallSignals
{
    private readonly Lock gate = new();
    private readonly Dictionary<FunctionCallId, Watched> watched = [];

    /// <summary>Watches a call until the watch is disposed.</summary>
    public CallWatch Watch(FunctionCallId call)
    {
        lock (gate)
        {
            if (!watched.TryGetValue(call, out Watched? entry))
            {
                watched[call] = entry = new Watched();
            }

            entry.Watchers++;
            return new CallWatch(this, call);
        }
    }

    public void Raise(FunctionCallId call)
    {
        lock (gate)
        {
            if (watched.TryGetValue(call, out Watched? entry))
            {
                entry.Signal.TrySetResult();
                entry.Signal = NewSignal();
            }
        }
    }

    internal Task Next(FunctionCallId call)
    {
        lock (gate)
        {
            return watched[call].Signal.Task;
        }
    }

    internal void Leave(FunctionCallId call)
    {
        lock (gate)
        {
            if (--watched[call].Watchers == 0)
            {
                watched.Remove(call);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Watched
    {
        public int Watchers { get; set; }

        public TaskCompletionSource Signal { get; set; } = NewSignal();
    }
}

/// <summary>Somebody's interest in a call.</summary>
public sealed class CallWatch(CallSignals signals, FunctionCallId call) : IDisposable
{
    /// <summary>Ends with the next news. To be asked for before one looks at what there is, so that nothing is missed.</summary>
    public Task Next() => signals.Next(call);

    public void Dispose() => signals.Leave(call);
}
