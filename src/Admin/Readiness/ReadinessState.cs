using System.Collections.Concurrent;

namespace Appliance.Admin.Readiness;

/// <summary>Whether the server can do its work, and if not, why. Parts of the server report here.</summary>
public sealed class ReadinessState
{
    private const string Drain = "drain";

    private readonly ConcurrentDictionary<string, string> reasons = new() { ["start"] = "The server is starting." };

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    public bool IsReady => reasons.IsEmpty;

    /// <summary>What keeps the server from being ready, in a stable order.</summary>
    public IReadOnlyList<string> Reasons =>
        [.. reasons.OrderBy(reason => reason.Key, StringComparer.Ordinal).Select(reason => reason.Value)];

    public void SetStarted() => Clear("start");

    /// <summary>The server takes no new work and will not become ready again.</summary>
    public bool IsDraining => reasons.ContainsKey(Drain);

    public void SetDraining() => Block(Drain, "The server is stopping and finishes what it has begun.");

    /// <param name="part">Which part reports; its latest reason counts.</param>
    /// <param name="reason">For people: what is wrong and what to do.</param>
    public void Block(string part, string reason)
    {
        reasons[part] = reason;
        Changed?.Invoke();
    }

    public void Clear(string part)
    {
        if (reasons.TryRemove(part, out _))
        {
            Changed?.Invoke();
        }
    }
}
