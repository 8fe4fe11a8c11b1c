namespace Appliance.Metadata.Sqlite;

/// <summary>How points in time are stored: whole microseconds since 1970, UTC.</summary>
internal static class UnixMicroseconds
{
    public static long From(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long value) => DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond);
}
