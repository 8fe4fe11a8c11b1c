namespace Appliance.Scheduling.Schedules;

/// <summary>When a function runs by itself: by the clock, or again and again after some time.</summary>
/// <param name="Cron">Five fields; null for a period.</param>
/// <param name="Zone">IANA name of the time zone of <paramref name="Cron"/>; empty for UTC.</param>
/// <param name="Months">Of the period, in calendar months.</param>
/// <param name="Seconds">Of the period, beside months.</param>
public sealed record FunctionSchedule(string? Cron, string Zone, int Months, double Seconds)
{
    /// <summary>The next moment after one; null when there is none.</summary>
    /// <exception cref="FormatException">What is wrong with it, for people.</exception>
    public DateTimeOffset? Next(DateTimeOffset after) => Cron is { } text
        ? CronExpression.Read(text).Next(after, FindZone())
        : after.AddMonths(Months).AddSeconds(Seconds) is var next && next > after ? next : throw new FormatException("a period must be longer than nothing");

    private TimeZoneInfo FindZone()
    {
        try
        {
            return Zone.Length is 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(Zone);
        }
        catch (Exception unknown) when (unknown is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new FormatException($"time zone '{Zone}' is not known on this machine", unknown);
        }
    }
}
