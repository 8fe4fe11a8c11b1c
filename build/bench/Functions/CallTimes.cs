using System.Diagnostics;

namespace Appliance.Bench.Functions;

/// <summary>How long calls take, one after the other.</summary>
/// <param name="Median">In µs.</param>
/// <param name="Worst">In µs: 99 of 100 take no longer.</param>
internal sealed record CallTimes(double Median, double Worst)
{
    /// <summary>Makes calls; the first tenth does not count.</summary>
    public static CallTimes Measure(int count, Action call)
    {
        var times = new List<double>(count);
        for (int done = -count / 10; done < count; done++)
        {
            long start = Stopwatch.GetTimestamp();
            call();
            if (done >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        times.Sort();
        return new CallTimes(times[count / 2], times[count * 99 / 100]);
    }
}
