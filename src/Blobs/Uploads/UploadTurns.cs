using Appliance.Core.Ids;

namespace Appliance.Blobs.Uploads;

/// <summary>
/// Who may change which part of a blob: one request a part, and nobody else while the whole is being finished. A client
/// that lost patience with a request sends it again while the first one still runs.
/// </summary>
internal sealed class UploadTurns
{
    /// <summary>Stands for all parts.</summary>
    public const int Whole = 0;

    private readonly Dictionary<BlobId, State> states = [];

    /// <summary>Waits until nobody holds the part (or, for <see cref="Whole"/>, any part); dispose to let others in.</summary>
    public async Task<IDisposable> TakeAsync(BlobId id, int part, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (states)
            {
                if (!states.TryGetValue(id, out State? state))
                {
                    states.Add(id, state = new State());
                }

                if (state.TryTake(part))
                {
                    return new Turn(this, id, part);
                }

                changed = state.Changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void GiveBack(BlobId id, int part)
    {
        TaskCompletionSource changed;
        lock (states)
        {
            State state = states[id];
            changed = state.GiveBack(part);
            if (state.IsFree)
            {
                // Whoever waits looks it up again.
                states.Remove(id);
            }
        }

        changed.SetResult();
    }

    private sealed class State
    {
        private readonly HashSet<int> taken = [];

        public TaskCompletionSource Changed { get; private set; } = NewSignal();

        public bool IsFree => taken.Count == 0;

        public bool TryTake(int part) =>
            (part == Whole ? taken.Count == 0 : !taken.Contains(Whole)) && taken.Add(part);

        public TaskCompletionSource GiveBack(int part)
        {
            taken.Remove(part);
            TaskCompletionSource last = Changed;
            Changed = NewSignal();
            return last;
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(UploadTurns turns, BlobId id, int part) : IDisposable
    {
        private bool isOver;

        public void Dispose()
        {
            if (!isOver)
            {
                isOver = true;
                turns.GiveBack(id, part);
            }
        }
    }
}
