using System.Globalization;

namespace Appliance.Scheduling.Schedules;

/// <summary>One field of a cron expression: the numbers that it allows.</summary>
/// <param name="Allowed">A bit for each number.</param>
/// <param name="IsAny">Whether it was written as a star.</param>
internal readonly record struct CronField(ulong Allowed, bool IsAny)
{
    public bool Takes(int number) => (Allowed >> number & 1) != 0;

    /// <exception cref="FormatException">What is wrong, for people.</exception>
    public static CronField Read(string text, string what, int min, int max, IReadOnlyList<string>? names = null)
    {
        ulong allowed = 0;
        foreach (string part in text.Split(','))
        {
            string[] stepped = part.Split('/', 2);
            int step = stepped.Length == 2 ? ReadNumber(stepped[1], what, 1, max, null) : 1;
            (int first, int last) = ReadRange(stepped[0], what, min, max, names, hasStep: stepped.Length == 2);
            for (int number = first; number <= last; number += step)
            {
                allowed |= 1UL << number;
            }
        }

        return new CronField(allowed, text is "*" or "?");
    }

    private static (int First, int Last) ReadRange(string text, string what, int min, int max, IReadOnlyList<string>? names, bool hasStep)
    {
        if (text is "*" or "?")
        {
            return (min, max);
        }

        string[] ends = text.Split('-', 2);
        int first = ReadNumber(ends[0], what, min, max, names);
        int last = ends.Length == 2 ? ReadNumber(ends[1], what, min, max, names) : hasStep ? max : first;
        return first <= last ? (first, last) : throw new FormatException($"{what} '{text}' ends before it begins");
    }

    private static int ReadNumber(string text, string what, int min, int max, IReadOnlyList<string>? names)
    {
        for (int index = 0; index < names?.Count; index++)
        {
            if (text.Equals(names[index], StringComparison.OrdinalIgnoreCase))
            {
                return index + min;
            }
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : throw new FormatException($"{what} '{text}' is not a number from {min} to {max}");
    }
}
