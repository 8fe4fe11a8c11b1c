using System.Globalization;

namespace Appliance.Containers.Runtime;

/// <summary>Kills a process when its time is up; a restart of the appliance does not give it more.</summary>
internal static class ProcessDeadline
{
    /// <summary>Notes the limit, before the process starts.</summary>
    public static void Set(ProcessFiles files, DateTimeOffset at) =>
        File.WriteAllText(files.Deadline, at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Watches over a process that has a limit; nothing happens to one that has none.</summary>
    public static void Watch(ProcessFiles files, ContainerProcess process, TimeProvider clock, Func<Task> kill)
    {
        if (!File.Exists(files.Deadline))
        {
            return;
        }

        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(File.ReadAllText(files.Deadline), CultureInfo.InvariantCulture));
        TimeSpan left = at - clock.GetUtcNow();
        ITimer timer = clock.CreateTimer(_ => _ = kill(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        _ = process.Exited.ContinueWith(_ => timer.Dispose(), TaskScheduler.Default);
    }
}
