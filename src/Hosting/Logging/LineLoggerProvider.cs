using Appliance.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Logging;

/// <summary>The server log: one line an event, for people or as JSON.</summary>
public sealed class LineLoggerProvider(TextWriter output, LogFormat format, TimeProvider clock) : ILoggerProvider
{
    private readonly Lock writing = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, ShortName(categoryName));

    public void Dispose()
    {
    }

    internal void Write(LogEvent logEvent)
    {
        string line = format == LogFormat.Json ? JsonLine.Of(logEvent) : HumanLine.Of(logEvent);
        lock (writing)
        {
            try
            {
                output.WriteLine(line);
                output.Flush();
            }
            catch (IOException)
            {
                // A log on a full disk, or into a pipe that nobody reads, must not fail what it tells of.
            }
        }
    }

    /// <summary>The last part of a type's name says enough.</summary>
    private static string ShortName(string category) => category[(category.LastIndexOf('.') + 1)..];

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(new LogEvent(
                provider.Now(),
                logLevel,
                category,
                eventId.Id,
                formatter(state, exception),
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
                exception));
    }

    private DateTimeOffset Now() => clock.GetUtcNow();
}
