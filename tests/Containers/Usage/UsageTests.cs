using Appliance.Containers.Usage;
using Appliance.Tests.Machine;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Containers.Usage;

public sealed class UsageTests : IDisposable
{
    private const long Megabyte = 1_000_000;

    private readonly TemporaryFolder folder = new();
    private readonly FakeTime clock = new(DateTimeOffset.UnixEpoch);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Counters_OfOneHierarchy_AreReadAsVersion2WritesThem()
    {
        Write("g/cpu.stat", "usage_usec 2500\nuser_usec 2000\nsystem_usec 500\n");
        Write("g/memory.current", "9000\n");
        Write("g/memory.stat", "anon 1000\ninactive_file 3000\nactive_file 5000\n");
        Assert.Equal(new CgroupCounters(2_500_000, 6000, 0), CgroupCounters.TryRead("/g", folder.Path, isUnified: true));
        Write("g/memory.peak", "9500\n");
        Assert.Equal(new CgroupCounters(2_500_000, 6000, 9500), CgroupCounters.TryRead("/g", folder.Path, isUnified: true));
    }

    [Fact]
    public void Counters_OfManyHierarchies_AreReadAsVersion1WritesThem()
    {
        Write("cpuacct/g/cpuacct.usage", "2500000\n");
        Write("memory/g/memory.usage_in_bytes", "9000\n");
        Write("memory/g/memory.max_usage_in_bytes", "9500\n");
        Write("memory/g/memory.stat", "inactive_file 1\ntotal_inactive_file 3000\n");
        Assert.Equal(new CgroupCounters(2_500_000, 6000, 9500), CgroupCounters.TryRead("/g", folder.Path, isUnified: false));
        Assert.Null(CgroupCounters.TryRead("/gone", folder.Path, isUnified: false));
        Assert.Null(CgroupCounters.TryRead("/gone", folder.Path, isUnified: true));
    }

    [Fact]
    public void Memory_IsAddedUpOverTimeAndAcrossProcesses()
    {
        string file = Path.Combine(folder.Path, "usage");
        CgroupCounters? now = new CgroupCounters(10, 4 * Megabyte, 0);
        var meter = new UsageMeter(file, () => now, clock);
        Assert.Equal(0, meter.Look()!.MemoryByteSeconds);
        clock.Now += TimeSpan.FromSeconds(10);
        now = new CgroupCounters(30, 8 * Megabyte, 0);
        Assert.Equal(60d * Megabyte, meter.Look()!.MemoryByteSeconds);

        clock.Now += TimeSpan.FromSeconds(5);
        var next = new UsageMeter(file, () => now, clock);
        Assert.Equal(100d * Megabyte, next.Look()!.MemoryByteSeconds);
        now = null;
        clock.Now += TimeSpan.FromSeconds(5);
        ContainerUsage last = next.Look()!;
        Assert.Equal((30L, 8 * Megabyte, 100d * Megabyte), (last.CpuNanoseconds, last.MemoryPeakBytes, last.MemoryByteSeconds));
        Assert.Equal(last, ContainerUsage.Load(file));
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
