namespace Appliance.Admin.Transfers;

/// <summary>Who a process is and which file systems it sees: two processes that agree in both may pass paths to each other.</summary>
public sealed record Whereabouts(string User, string Mounts)
{
    public static Whereabouts OfThisProcess() => new(
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal)) ?? "",
        new FileInfo("/proc/self/ns/mnt").LinkTarget ?? "");
}
