namespace Appliance.Scheduling.Pools;

/// <summary>How often a failed input is begun anew, and when.</summary>
/// <param name="Retries">Beyond the first attempt.</param>
/// <param name="InitialDelay">Before the first retry.</param>
/// <param name="Factor">By which each delay is longer than the one before.</param>
/// <param name="DelayMax">No delay is longer.</param>
public sealed record RetryPolicy(int Retries, TimeSpan InitialDelay, double Factor, TimeSpan DelayMax)
{
    public static readonly RetryPolicy None = new(0, TimeSpan.Zero, 1, TimeSpan.Zero);

    /// <summary>How long to wait after a failure; null when there is no further attempt.</summary>
    /// <param name="attempt">The one that failed, from 0.</param>
    public TimeSpan? DelayAfter(int attempt)
    {
        if (attempt >= Retries)
        {
            return null;
        }

        double seconds = InitialDelay.TotalSeconds * Math.Pow(Math.Max(1, Factor), attempt);
        return TimeSpan.FromSeconds(Math.Min(seconds, Math.Max(DelayMax.TotalSeconds, InitialDelay.TotalSeconds)));
    }
}
