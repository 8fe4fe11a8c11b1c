
namespace Appliance.Tests.Blocks;

/// <summary>A test that mounts a file system; skipped, and said so, where the process may not.</summary>
internal sealed class NeedsMountFactAttribute : FactAttribute
{
    private const int SysAdmin = 21;

    public NeedsMountFactAttribute()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong capabilities = Convert.ToUInt64(line["CapEff:".Length..].Trim(), 16);
        if ((capabilities >> SysAdmin & 1) == 0)
        {
            Skip = "SKIPPED: mounting needs CAP_SYS_ADMIN; run the tests as root to check this.";
        }
    }
}
