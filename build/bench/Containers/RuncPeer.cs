namespace Appliance.Bench.Containers;

/// <summary>A bundle for runc, of the description that it proposes itself.</summary>
internal sealed class RuncPeer : IDisposable
{
    private readonly DirectoryInfo bundle = Directory.CreateTempSubdirectory("bench-runc-");
    private int number;

    private RuncPeer()
    {
    }

    public static async Task<RuncPeer> CreateAsync(string root)
    {
        var peer = new RuncPeer();
        await Programs.ShellAsync($"runc spec --bundle {peer.bundle.FullName}");
        string config = Path.Combine(peer.bundle.FullName, "config.json");
        string proposed = await File.ReadAllTextAsync(config);
        await File.WriteAllTextAsync(config, proposed
            .Replace("\"terminal\": true", "\"terminal\": false", StringComparison.Ordinal)
            .Replace("\"sh\"", "\"echo\", \"x\"", StringComparison.Ordinal)
            .Replace("\"path\": \"rootfs\"", $"\"path\": \"{root}\"", StringComparison.Ordinal));
        return peer;
    }

    /// <summary>Milliseconds to the first byte that a new container writes.</summary>
    public double FirstByte() => Programs.FirstByte("runc", "run", "--bundle", bundle.FullName, $"bench-{Environment.ProcessId}-{++number}");

    public void Dispose() => bundle.Delete(recursive: true);
}
