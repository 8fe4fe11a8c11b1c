namespace Appliance.Scheduling.Pools;

/// <summary>How many inputs may begin within any stretch of a time.</summary>
/// <param name="Count">1 to <see cref="CountMax"/>.</param>
/// <param name="Interval">A second or a minute.</param>
public sealed record RateLimit(int Count, TimeSpan Interval)
{
    /// <summary>The moment at which each of them began is remembered.</summary>
    public const int CountMax = 1_000_000;
}
