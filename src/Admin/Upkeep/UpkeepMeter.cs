using System.Diagnostics.Metrics;

namespace Appliance.Admin.Upkeep;

/// <summary>What upkeep did, for those who watch from outside.</summary>
public sealed class UpkeepMeter : IDisposable
{
    private readonly Meter meter = new("Appliance.Upkeep");
    private readonly Counter<long> reclaimed;
    private readonly Counter<long> scrubbed;
    private readonly Counter<long> damagedContents;

    /// <param name="quarantine">Where damaged blocks are kept.</param>
    public UpkeepMeter(string quarantine)
    {
        reclaimed = meter.CreateCounter<long>("appliance_reclaimed_bytes_total", "By", "Bytes given back by removing what was of no use any more.");
        scrubbed = meter.CreateCounter<long>("appliance_scrubbed_bytes_total", "By", "Bytes of blocks compared with their digests.");
        damagedContents = meter.CreateCounter<long>("appliance_damaged_contents_total", null, "Long files that a scrub found damaged, each time it did.");
        meter.CreateObservableGauge(
            "appliance_damaged_blocks", () => Directory.EnumerateFiles(quarantine).LongCount(), null, "Damaged blocks in quarantine; any is a reason to check the disk.");
    }

    public void Reclaimed(long bytes) => reclaimed.Add(bytes);

    public void Scrubbed(long bytes) => scrubbed.Add(bytes);

    public void DamagedContents(int count) => damagedContents.Add(count);

    public void Dispose() => meter.Dispose();
}
