using System.Globalization;

namespace Appliance.Native.Systemd;

/// <summary>What systemd says about its watchdog: WATCHDOG_USEC, in microseconds, meant for process WATCHDOG_PID.</summary>
internal static class WatchdogVariables
{
    public static TimeSpan? ReadInterval(Func<string, string?> readVariable)
    {
        bool isMeant = readVariable("WATCHDOG_PID") is not { Length: > 0 } process
            || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isMeant && long.TryParse(readVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }
}
