using Grpc.Core;

namespace Appliance.Tests.Grpc;

/// <summary>What became of the calls that a service took: how many began and ended, and how many of those with their token fired.</summary>
public sealed class CallRecord
{
    private readonly Lock state = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Reached)> waiting = [];

    public int Begun { get; private set; }

    public int Ended { get; private set; }

    public int Cancelled { get; private set; }

    public IDisposable Begin(ServerCallContext context)
    {
        Change(() => Begun++);
        return new Running(this, context.CancellationToken);
    }

    /// <summary>Waits until the record says so, for at most ten seconds.</summary>
    public Task ReachedAsync(Func<CallRecord, bool> condition)
    {
        lock (state)
        {
            if (condition(this))
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((() => condition(this), reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    private void Change(Action change)
    {
        lock (state)
        {
            change();
            waiting.RemoveAll(entry => entry.Condition() && entry.Reached.TrySetResult());
        }
    }

    private sealed class Running(CallRecord record, CancellationToken token) : IDisposable
    {
        public void Dispose() => record.Change(() =>
        {
            record.Ended++;
            record.Cancelled += token.IsCancellationRequested ? 1 : 0;
        });
    }
}
