using System.Globalization;
using Appliance.Core.Errors;

namespace Appliance.Queues;

/// <summary>The text that stands for an item's place in its partition: opaque to clients, and in order.</summary>
public static class EntryCursor
{
    private const int DigitCount = 16;

    public static string ToText(long entry) => entry.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The first entry that a client with this cursor has not seen; an empty one has seen none.</summary>
    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static long ReadNext(string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        return text.Length == DigitCount
            && long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long entry)
            && entry is >= 0 and < long.MaxValue
                ? entry + 1
                : throw new ApplianceException(
                    ErrorKind.InvalidArgument, $"'{text}' is no entry id: pass the one of the last item, or none to begin with the first.");
    }
}
