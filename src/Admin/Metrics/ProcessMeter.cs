using System.Diagnostics.Metrics;

namespace Appliance.Admin.Metrics;

/// <summary>What the process itself takes.</summary>
public sealed class ProcessMeter : IDisposable
{
    private readonly Meter meter = new("Appliance.Process");

    public ProcessMeter(TimeProvider clock)
    {
        long started = clock.GetTimestamp();
        meter.CreateObservableGauge("appliance_uptime_seconds", () => clock.GetElapsedTime(started).TotalSeconds, "s", "Time since the start.");
        meter.CreateObservableGauge("appliance_resident_bytes", () => Environment.WorkingSet, "By", "Resident memory of the server.");
        meter.CreateObservableGauge("appliance_heap_bytes", () => GC.GetTotalMemory(false), "By", "Managed heap of the server.");
        meter.CreateObservableGauge("appliance_threads", () => (long)ThreadPool.ThreadCount, null, "Threads that work on requests.");
        meter.CreateObservableGauge("appliance_open_files", CountOpenFiles, null, "Open file descriptors.");
    }

    public void Dispose() => meter.Dispose();

    private static long CountOpenFiles() => Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount();
}
