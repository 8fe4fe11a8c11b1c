namespace Appliance.Volumes;

/// <summary>Lets one at a time work on each volume.</summary>
internal sealed class VolumeTurns
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Turn> turns = [];

    /// <returns>Dispose it to let the next one in.</returns>
    public async Task<IDisposable> TakeAsync(string volumeId, CancellationToken cancellation)
    {
        Turn turn;
        lock (gate)
        {
            if (!turns.TryGetValue(volumeId, out turn!))
            {
                turn = new Turn(this, volumeId);
                turns[volumeId] = turn;
            }

            turn.Users++;
        }

        try
        {
            await turn.Semaphore.WaitAsync(cancellation).ConfigureAwait(false);
            return turn;
        }
        catch
        {
            Leave(turn);
            throw;
        }
    }

    private void Leave(Turn turn)
    {
        lock (gate)
        {
            if (--turn.Users == 0)
            {
                turns.Remove(turn.VolumeId);
                turn.Semaphore.Dispose();
            }
        }
    }

    private sealed class Turn(VolumeTurns owner, string volumeId) : IDisposable
    {
        public string VolumeId { get; } = volumeId;

        public SemaphoreSlim Semaphore { get; } = new(1);

        public int Users { get; set; }

        public void Dispose()
        {
            Semaphore.Release();
            owner.Leave(this);
        }
    }
}
