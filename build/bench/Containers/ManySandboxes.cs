using Appliance.Containers.Runtime;

namespace Appliance.Bench.Containers;

/// <summary>200 containers that wait: how fast they start, and what memory they take.</summary>
internal static class ManySandboxes
{
    private const int Count = 200;
    private const int Parallel = 8;
    private const int Rounds = 3;

    public static async Task RunAsync(BenchReport report, ServedAppliance server, JsClient client, ContainerdPeer containerd)
    {
        string shims = RunDirectory.Of(server.Data).EventSocket;
        Samples own = new(), peer = new(), ownMemory = new(), peerMemory = new();
        for (int round = 0; round < Rounds; round++)
        {
            await MeasureAsync(peer, peerMemory, containerd.ProcessId, containerd.Socket, () => containerd.StartManyAsync($"many{round}-", Count, Parallel));
            await containerd.RemoveAllAsync();
            await MeasureAsync(own, ownMemory, server.ProcessId, shims, () => client.MeasureAsync($"many {Count} {Parallel}"));
            await client.AskAsync("end");
        }

        report.Row($"`ctr run -d` of {Count}, {Parallel} at a time", Rate(peer), "containers/s");
        report.Row($"sandboxes of the JS client, {Count}, {Parallel} at a time", Rate(own), "containers/s", "`ctr run -d`", Rate(own) / Rate(peer));
        report.Row("memory of a waiting container: shim, processes and containerd's growth", peerMemory.Median, "KiB");
        report.Row("memory of a waiting sandbox: shim, processes and the server's growth", ownMemory.Median, "KiB", "containerd", ownMemory.Median / peerMemory.Median);
    }

    private static async Task MeasureAsync(Samples times, Samples memory, int process, string shims, Func<Task<double>> start)
    {
        long before = ProcessMemory.Of(process) + ProcessMemory.OfFamilies(shims);
        times.Add(await start());
        await Task.Delay(TimeSpan.FromSeconds(2));
        long after = ProcessMemory.Of(process) + ProcessMemory.OfFamilies(shims);
        memory.Add((after - before) / 1024.0 / Count);
    }

    private static double Rate(Samples times) => Count * 1000 / times.Median;
}
