using System.Security.Cryptography;
using System.Text;

namespace Appliance.Engine.Pools;

/// <summary>Which container of a server gets the next request.</summary>
internal static class RequestRouting
{
    /// <summary>Whoever has the fewest; null while no container serves.</summary>
    /// <param name="all">The pool's containers.</param>
    /// <param name="countMax">
    /// How many are wanted: the oldest of them get the requests, so that those beyond become idle and can go.
    /// </param>
    public static PoolContainer? FindLeastBusy(IReadOnlyCollection<PoolContainer> all, int countMax)
    {
        PoolContainer? best = null;
        foreach (PoolContainer container in all)
        {
            if (Serves(container) && (best is null || container.Running.Count < best.Running.Count) && RankOf(container, all) < Math.Max(1, countMax))
            {
                best = container;
            }
        }

        return best;
    }

    /// <summary>The same for every request of a session as long as it is there; others keep theirs when containers come and go (rendezvous hashing).</summary>
    public static PoolContainer FindOfSession(IReadOnlyCollection<PoolContainer> all, string session)
    {
        PoolContainer? best = null;
        ulong highest = 0;
        foreach (PoolContainer container in all)
        {
            if (!Serves(container))
            {
                continue;
            }

            ulong score = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{container.Task} {session}")));
            if (best is null || score > highest)
            {
                (best, highest) = (container, score);
            }
        }

        return best!;
    }

    private static bool Serves(PoolContainer container) => container is { Port: not null, IsStopping: false };

    private static int RankOf(PoolContainer wanted, IReadOnlyCollection<PoolContainer> all)
    {
        int older = 0;
        foreach (PoolContainer other in all)
        {
            if (Serves(other) && (other.ReadyAt < wanted.ReadyAt || (other.ReadyAt == wanted.ReadyAt && string.CompareOrdinal(other.Task.Text, wanted.Task.Text) < 0)))
            {
                older++;
            }
        }

        return older;
    }
}
