using Grpc.Core;

namespace Appliance.Tests.Grpc;

/// <summary>What became of the calls that a service took: how many began and ended, and whose token fired.</summary>
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
        CancellationTokenRegistration registration = context.CancellationToken.Register(() => Change(() => Cancelled++));
        return new Running(this, registration);
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

    private sealed class Running(CallRecord record, CancellationTokenRegistration registration) : IDisposable
    {
        public void Dispose()
        {
            registration.Dispose();
            record.Change(() => record.Ended++);
        }
    }
}
