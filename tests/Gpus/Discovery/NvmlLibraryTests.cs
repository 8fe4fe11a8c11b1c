using Appliance.Native.Nvml;

namespace Appliance.Tests.Gpus.Discovery;

public sealed class NvmlLibraryTests
{
    [Fact]
    public void TryTake_FromALibrary_ReadsEveryCard()
    {
        using var library = new StubNvml([new StubCard(StubCard.H100, 3), new StubCard("NVIDIA L4", 0, IsPartitioned: true)]);

        NvmlReading reading = NvmlReading.TryTake(library.FilePath)!;

        Assert.Equal("550.54.15", reading.DriverVersion);
        Assert.Equal(
            [
                new NvmlDevice(StubCard.H100, 80L << 30, 1L << 30, "GPU-3", 3, IsPartitioned: false),
                new NvmlDevice("NVIDIA L4", 80L << 30, 1L << 30, "GPU-0", 0, IsPartitioned: true),
            ],
            reading.Devices);
    }

    [Fact]
    public void TryTake_WithoutALibrary_IsNull() => Assert.Null(NvmlReading.TryTake("/no/such/libnvidia-ml.so.1"));

    [Fact]
    public void TryTake_WithoutADriver_SaysWhatTheLibrarySays()
    {
        using var library = new StubNvml([], initResult: 9);
        Assert.Contains("Driver Not Loaded", Assert.Throws<NvmlException>(() => NvmlReading.TryTake(library.FilePath)).Message);
    }
}
