using Appliance.Core.Digests;

namespace Appliance.Images.Layers;

/// <summary>Lets one caller at a time unpack the same archive: the others find what it made.</summary>
internal sealed class LayerTurns
{
    private readonly Dictionary<Digest, (SemaphoreSlim Gate, int Count)> gates = [];

    public async Task<IDisposable> TakeAsync(Digest? diffId, CancellationToken cancellation)
    {
        if (diffId is not { } key)
        {
            return new Turn(null);
        }

        SemaphoreSlim gate = Enter(key);
        try
        {
            await gate.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Leave(key);
            throw;
        }

        return new Turn(() =>
        {
            gate.Release();
            Leave(key);
        });
    }

    private SemaphoreSlim Enter(Digest key)
    {
        lock (gates)
        {
            (SemaphoreSlim gate, int count) = gates.GetValueOrDefault(key, (new SemaphoreSlim(1), 0));
            gates[key] = (gate, count + 1);
            return gate;
        }
    }

    private void Leave(Digest key)
    {
        lock (gates)
        {
            (SemaphoreSlim gate, int count) = gates[key];
            if (count == 1)
            {
                gates.Remove(key);
            }
            else
            {
                gates[key] = (gate, count - 1);
            }
        }
    }

    private sealed class Turn(Action? end) : IDisposable
    {
        public void Dispose() => end?.Invoke();
    }
}
