namespace Appliance.Bench.Containers;

/// <summary>From asking for a container, or for a command in one, to the first byte that it writes.</summary>
internal static class LatencyBench
{
    private const int Rounds = 30;
    private const double RuncMarginMs = 20;

    /// <summary>What one round leaves to be tidied up must not be in the time of the next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    public static async Task RunAsync(BenchReport report, JsClient client, ContainerdPeer containerd, BenchImage image)
    {
        using RuncPeer runc = await RuncPeer.CreateAsync(image.Root);
        Samples own = new(), byRunc = new(), byContainerd = new();
        for (int round = -1; round < Rounds; round++)
        {
            await MeasureAsync(byContainerd, round, () => Task.FromResult(
                Programs.FirstByte("ctr", containerd.Arguments("run", "--rm", ContainerdPeer.Image, $"start{round}", "echo", "x"))));
            await MeasureAsync(byRunc, round, () => Task.FromResult(runc.FirstByte()));
            await MeasureAsync(own, round, () => client.MeasureAsync("start"));
        }

        report.Row("`ctr run --rm` to its first byte, median", byContainerd.Median, "ms");
        report.Row("`runc run` of the same root to its first byte, median", byRunc.Median, "ms");
        report.Row("sandbox of the JS client to its first byte, median", own.Median, "ms", "`ctr run --rm`", own.Median / byContainerd.Median);
        report.Row("…", own.Median, "ms", "`runc run` and 20 ms", own.Median / (byRunc.Median + RuncMarginMs));
        report.Row("… 90th percentile", own.Percentile90, "ms", $"that of `ctr run --rm`, {byContainerd.Percentile90:N0}", own.Percentile90 / byContainerd.Percentile90);
        report.Row("…", own.Percentile90, "ms", $"that of `runc run`, {byRunc.Percentile90:N0}, and 20 ms", own.Percentile90 / (byRunc.Percentile90 + RuncMarginMs));
        await MeasureExecsAsync(report, client, containerd);
    }

    private static async Task MeasureExecsAsync(BenchReport report, JsClient client, ContainerdPeer containerd)
    {
        await client.AskAsync("open");
        await containerd.StartManyAsync("exec", 1, 1);
        Samples own = new(), peer = new();
        for (int round = -1; round < Rounds; round++)
        {
            await MeasureAsync(peer, round, () => Task.FromResult(
                Programs.FirstByte("ctr", containerd.Arguments("task", "exec", "--exec-id", $"x{round}", "exec1", "echo", "x"))));
            await MeasureAsync(own, round, () => client.MeasureAsync("exec"));
        }

        await client.AskAsync("end");
        await containerd.RemoveAllAsync();
        report.Row("`ctr task exec` to its first byte, median", peer.Median, "ms");
        report.Row("command of the JS client to its first byte, median", own.Median, "ms", "`ctr task exec`", own.Median / peer.Median);
        report.Row("… 90th percentile", own.Percentile90, "ms", $"that of `ctr task exec`, {peer.Percentile90:N0}", own.Percentile90 / peer.Percentile90);
    }

    /// <summary>The first round, number -1, warms things up and does not count.</summary>
    private static async Task MeasureAsync(Samples samples, int round, Func<Task<double>> work)
    {
        double ms = await work();
        if (round >= 0)
        {
            samples.Add(ms);
        }

        await Task.Delay(Pause);
    }
}
