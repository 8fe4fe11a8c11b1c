using System.Globalization;
using Appliance.Core.Errors;

namespace Appliance.Cli.Tokens;

/// <summary>Spans of time as people write them: a number and s, m, h, d, w or y.</summary>
public static class LifetimeText
{
    /// <exception cref="ApplianceException">InvalidArgument, saying what is allowed.</exception>
    public static TimeSpan Read(string text)
    {
        double? daysPerUnit = text.Length < 2 ? null : text[^1] switch
        {
            's' => 1.0 / 86400,
            'm' => 1.0 / 1440,
            'h' => 1.0 / 24,
            'd' => 1,
            'w' => 7,
            'y' => 365,
            _ => null,
        };
        bool isNumber = int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        return daysPerUnit is { } days && isNumber && count > 0 && count * days <= 36_500
            ? TimeSpan.FromDays(count * days)
            : throw new ApplianceException(
                ErrorKind.InvalidArgument, $"'{text}' is no span of time: write a number and s, m, h, d, w or y, such as 30d; at most 100y.");
    }
}
