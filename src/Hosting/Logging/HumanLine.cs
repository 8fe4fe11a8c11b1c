using System.Globalization;

namespace Appliance.Hosting.Logging;

/// <summary>An event for people: time, level, part, message; a cause with its stack behind, still on the same line.</summary>
internal static class HumanLine
{
    public static string Of(LogEvent logEvent)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{logEvent.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {logEvent.LevelName,-5} {logEvent.Category}: {OneLine(logEvent.Message)}");
        return logEvent.Cause is null ? head : $"{head} cause={OneLine(logEvent.Cause.ToString())}";
    }

    // What a client sends may end up in a message; it must not be able to forge a line.
    private static string OneLine(string text) => text.AsSpan().ContainsAnyInRange('\0', '\u001f')
        ? string.Concat(text.Select(letter => letter switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => " ",
            _ when char.IsControl(letter) => $"\\u{(int)letter:x4}",
            _ => letter.ToString(),
        }))
        : text;
}
