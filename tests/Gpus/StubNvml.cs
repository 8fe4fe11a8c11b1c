using System.Diagnostics;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Gpus;

/// <summary>NVIDIA's management library as the C compiler makes it of the cards that a test wants.</summary>
internal sealed class StubNvml : IDisposable
{
    private const string Source =
        """
        #include <string.h>
        static struct { const char *name, *uuid; unsigned minor, mig; } cards[] = { CARDS { 0 } };
        typedef char *handle;
        #define CARD(device) cards[(device) - (handle)0 - 1]
        static int put(char *to, unsigned size, const char *text) { strncpy(to, text, size); return 0; }
        int nvmlInit_v2(void) { return INIT; }
        int nvmlShutdown(void) { return 0; }
        const char *nvmlErrorString(int error) { return error == 9 ? "Driver Not Loaded" : "Unknown Error"; }
        int nvmlSystemGetDriverVersion(char *text, unsigned size) { return put(text, size, "550.54.15"); }
        int nvmlDeviceGetCount_v2(unsigned *count) { *count = sizeof cards / sizeof *cards - 1; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned index, handle *device) { *device = (handle)0 + index + 1; return 0; }
        int nvmlDeviceGetName(handle device, char *text, unsigned size) { return put(text, size, CARD(device).name); }
        int nvmlDeviceGetUUID(handle device, char *text, unsigned size) { return put(text, size, CARD(device).uuid); }
        int nvmlDeviceGetMinorNumber(handle device, unsigned *minor) { *minor = CARD(device).minor; return 0; }
        int nvmlDeviceGetMemoryInfo(handle device, unsigned long long *memory)
        {
            memory[0] = 80ull << 30; memory[1] = 79ull << 30; memory[2] = 1ull << 30; return 0;
        }
        int nvmlDeviceGetMigMode(handle device, unsigned *now, unsigned *later) { *now = *later = CARD(device).mig; return 0; }
        """;

    private readonly TemporaryFolder folder = new();

    /// <param name="cards">What it answers.</param>
    /// <param name="initResult">What the first call answers; 9 for a driver that is not loaded.</param>
    public StubNvml(IReadOnlyList<StubCard> cards, int initResult = 0)
    {
        string rows = string.Concat(cards.Select(card => $"{{ \"{card.Model}\", \"{card.Uuid}\", {card.Minor}, {(card.IsPartitioned ? 1 : 0)} }}, "));
        string source = folder.Write("nvml.c", Source.Replace("CARDS", rows, StringComparison.Ordinal).Replace("INIT", $"{initResult}", StringComparison.Ordinal));
        FilePath = Path.Combine(folder.Path, "libnvidia-ml.so.1");
        using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-w", "-o", FilePath, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
    }

    public string FilePath { get; }

    public void Dispose() => folder.Dispose();
}

/// <summary>A GPU of a test.</summary>
internal sealed record StubCard(string Model, int Minor, bool IsPartitioned = false)
{
    public const string H100 = "NVIDIA H100 80GB HBM3";

    public string Uuid => $"GPU-{Minor}";
}
