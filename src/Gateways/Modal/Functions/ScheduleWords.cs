using Appliance.Core.Errors;
using Appliance.Metadata.Calls;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Schedules;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Schedules in this protocol's words and in neutral ones.</summary>
public static class ScheduleWords
{
    private const int MonthsPerYear = 12;

    /// <summary>What a function is called with when nobody calls it: ((), {}), pickled.</summary>
    public static InputArguments NoArguments { get; } = new((int)DataFormat.Pickle, [0x80, 3, (byte)')', (byte)'}', 0x86, (byte)'.'], null);

    /// <exception cref="ApplianceException">InvalidArgument: it can never come.</exception>
    public static FunctionSchedule? ToNeutral(string function, Schedule? asked)
    {
        FunctionSchedule? schedule = asked?.ScheduleOneofCase switch
        {
            Schedule.ScheduleOneofOneofCase.Cron => new FunctionSchedule(asked.Cron.CronString, asked.Cron.Timezone, 0, 0),
            Schedule.ScheduleOneofOneofCase.Period => Of(asked.Period),
            _ => null,
        };
        try
        {
            schedule?.Next(DateTimeOffset.UnixEpoch);
            return schedule;
        }
        catch (FormatException wrong)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"The schedule of function '{function}' is wrong: {wrong.Message}.", wrong);
        }
    }

    private static FunctionSchedule Of(Schedule.Types.Period period) => new(
        null,
        "",
        (period.Years * MonthsPerYear) + period.Months,
        TimeSpan.FromDays((period.Weeks * 7) + period.Days).TotalSeconds + (period.Hours * 3600.0) + (period.Minutes * 60.0) + period.Seconds);
}
