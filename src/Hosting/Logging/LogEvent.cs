using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Logging;

/// <summary>One event, before it takes a form.</summary>
internal sealed record LogEvent(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    int Id,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Values,
    Exception? Cause)
{
    public string LevelName => Level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
