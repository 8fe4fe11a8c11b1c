using Appliance.Admin.Doctor.Probing;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>How long the disk takes to make a small write durable: every acknowledged call waits for that.</summary>
public sealed class DiskLatencyCheck(DoctorSubject subject, TimeProvider clock) : IDoctorCheck
{
    private const int Writes = 32;
    private const int WriteBytes = 4096;

    private static readonly TimeSpan MedianMax = TimeSpan.FromMilliseconds(20);

    public string Name => "disk latency";

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        using ScratchFolder scratch = ScratchFolder.Create(subject.DataDirectory);
        await using var file = new FileStream(Path.Combine(scratch.Path, "writes"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] written = new byte[WriteBytes];
        var times = new List<TimeSpan>();
        for (int count = 0; count < Writes; count++)
        {
            cancellation.ThrowIfCancellationRequested();
            long started = clock.GetTimestamp();
            await file.WriteAsync(written, cancellation);
            file.Flush(flushToDisk: true);
            times.Add(clock.GetElapsedTime(started));
        }

        times.Sort();
        TimeSpan median = times[Writes / 2];
        string what = $"fsync of {WriteBytes / 1024} KiB: median {median.TotalMilliseconds:F2} ms, worst {times[^1].TotalMilliseconds:F2} ms";
        return
        [
            median > MedianMax
                ? Finding.Warn(Name, what, "Every acknowledged call waits for it; put --data on a local SSD.")
                : Finding.Ok(Name, what),
        ];
    }
}
