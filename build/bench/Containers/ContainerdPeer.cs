using System.Diagnostics;

namespace Appliance.Bench.Containers;

/// <summary>A containerd of its own, with its client ctr: in a directory of its own, with the overlayfs snapshotter.</summary>
internal sealed class ContainerdPeer : IAsyncDisposable
{
    public const string Image = "docker.io/library/bench:latest";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bench-containerd-");
    private readonly Process process;

    private ContainerdPeer()
    {
        string config = Path.Combine(folder.FullName, "config.toml");
        File.WriteAllText(
            config,
            $"""
             version = 2
             root = "{folder.FullName}/root"
             state = "{folder.FullName}/state"
             disabled_plugins = ["io.containerd.grpc.v1.cri"]
             [grpc]
             address = "{Socket}"
             """);
        process = Process.Start(new ProcessStartInfo("containerd", ["--config", config, "--log-level", "error"]))!;
    }

    public static bool IsInstalled => Programs.IsInstalled("containerd") && Programs.IsInstalled("ctr");

    public int ProcessId => process.Id;

    public string Folder => folder.FullName;

    /// <summary>Its shims name it in their command lines.</summary>
    public string Socket => Path.Combine(folder.FullName, "containerd.sock");

    public static async Task<ContainerdPeer> StartAsync()
    {
        var peer = new ContainerdPeer();
        await Programs.ShellAsync($"until {peer.Line("version")} 2>&1; do sleep 0.1; done");
        return peer;
    }

    public string[] Arguments(params IEnumerable<string> arguments) => ["--address", Socket, "--namespace", "bench", .. arguments];

    /// <summary>A call of ctr as a line of shell.</summary>
    public string Line(string arguments) => $"ctr {string.Join(' ', Arguments())} {arguments}";

    /// <summary>Starts containers of the image that wait, so many at a time.</summary>
    /// <returns>Milliseconds.</returns>
    public Task<double> StartManyAsync(string prefix, int count, int parallel) => Programs.ShellAsync(
        $"seq {count} | xargs -P {parallel} -I NUMBER {Line($"run -d {Image} {prefix}NUMBER sleep 1000000")}");

    public Task RemoveAllAsync() => Programs.ShellAsync(
        $"""
         {Line("task ls -q")} | xargs -r -P 4 -n 1 {Line("task rm -f")} 2>&1
         {Line("container ls -q")} | xargs -r {Line("container rm")}
         """);

    public async ValueTask DisposeAsync()
    {
        await RemoveAllAsync();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
