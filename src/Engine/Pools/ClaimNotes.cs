using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>
/// Who works on what since when, as far as it is not in the database yet. It may be lost with the server, so nobody waits
/// for it; and most inputs end before it is written, which then need no note of their own.
/// </summary>
internal sealed class ClaimNotes : IDisposable
{
    /// <summary>How long a note may wait for others that are written with it.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly Action<IReadOnlyList<Claim>> write;
    private readonly ITimer timer;
    private Dictionary<InputId, Claim> waiting = [];

    /// <param name="clock">Tells when to write.</param>
    /// <param name="write">Writes notes; what is written later comes behind them.</param>
    public ClaimNotes(TimeProvider clock, Action<IReadOnlyList<Claim>> write)
    {
        this.write = write;
        timer = clock.CreateTimer(_ => Write(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(PoolInput input)
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                timer.Change(Delay, Timeout.InfiniteTimeSpan);
            }

            waiting[input.Id] = new Claim(input.Id, input.Task!.Value, input.StartedAt);
        }
    }

    /// <summary>Takes a note back, because something else is about to be written of its input.</summary>
    public Claim? Take(InputId id)
    {
        lock (gate)
        {
            return waiting.Remove(id, out Claim? claim) ? claim : null;
        }
    }

    /// <summary>What has not been written; it is nobody's business here any more.</summary>
    public IReadOnlyList<Claim> TakeAll()
    {
        lock (gate)
        {
            Claim[] notes = [.. waiting.Values];
            waiting = [];
            return notes;
        }
    }

    public void Dispose() => timer.Dispose();

    private void Write()
    {
        lock (gate)
        {
            Claim[] notes = [.. waiting.Values];
            waiting = [];
            if (notes.Length > 0)
            {
                // Still under the lock: what is written of the same inputs from now on must come behind it.
                write(notes);
            }
        }
    }
}

/// <summary>A container's work on an input.</summary>
internal sealed record Claim(InputId Input, TaskId Task, DateTimeOffset StartedAt);
