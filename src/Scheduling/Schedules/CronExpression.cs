namespace Appliance.Scheduling.Schedules;

/// <summary>
/// A cron expression of five fields: minute, hour, day of month, month, day of week. Where both kinds of days are limited,
/// either is enough, as in cron.
/// </summary>
public sealed class CronExpression
{
    /// <summary>February 29 on a certain day of the week comes this seldom.</summary>
    private const int DaysMax = 366 * 41;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly CronField minutes;
    private readonly CronField hours;
    private readonly CronField days;
    private readonly CronField months;
    private readonly CronField weekdays;

    private CronExpression(CronField minutes, CronField hours, CronField days, CronField months, CronField weekdays)
    {
        this.minutes = minutes;
        this.hours = hours;
        this.days = days;
        this.months = months;
        this.weekdays = weekdays;
    }

    /// <exception cref="FormatException">What is wrong, for people.</exception>
    public static CronExpression Read(string text)
    {
        string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            throw new FormatException($"it has {fields.Length} fields; minute, hour, day, month and day of the week are five");
        }

        CronField weekdays = CronField.Read(fields[4], "day of the week", 0, 7, Weekdays);
        if (weekdays.Takes(7))
        {
            weekdays = weekdays with { Allowed = weekdays.Allowed | 1 };
        }

        return new CronExpression(
            CronField.Read(fields[0], "minute", 0, 59),
            CronField.Read(fields[1], "hour", 0, 23),
            CronField.Read(fields[2], "day", 1, 31),
            CronField.Read(fields[3], "month", 1, 12, Months),
            weekdays);
    }

    /// <summary>The next moment after one; null when there is none.</summary>
    /// <param name="after">Not itself.</param>
    /// <param name="zone">
    /// Whose clocks count. A time that clocks leave out comes when they have been put forward; one that comes twice counts once.
    /// </param>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        DateTime local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        DateTime day = local.Date;
        for (int count = 0; count < DaysMax; count++, day = day.AddDays(1))
        {
            if (!TakesDay(day))
            {
                continue;
            }

            for (int minute = 0; minute < 24 * 60; minute++)
            {
                if (hours.Takes(minute / 60) && minutes.Takes(minute % 60) && ToMoment(day.AddMinutes(minute), zone) is var moment && moment > after)
                {
                    return moment;
                }
            }
        }

        return null;
    }

    private bool TakesDay(DateTime day)
    {
        if (!months.Takes(day.Month))
        {
            return false;
        }

        bool isDay = days.Takes(day.Day);
        bool isWeekday = weekdays.Takes((int)day.DayOfWeek);
        return days.IsAny || weekdays.IsAny ? isDay && isWeekday : isDay || isWeekday;
    }

    private static DateTimeOffset ToMoment(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            // As long after midnight as it would have been: that is when clocks show it plus what they left out.
            local = local.AddHours(1);
        }

        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
