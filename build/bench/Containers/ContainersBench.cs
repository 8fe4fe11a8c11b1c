namespace Appliance.Bench.Containers;

/// <summary>
/// Sandboxes of the published executable through the real JS SDK, against containerd with ctr and against runc alone: the
/// same root file system, the same shim and runc, rounds of all in turn. Needs root.
/// </summary>
public static class ContainersBench
{
    public static async Task RunAsync(BenchReport report)
    {
        if (!ContainerdPeer.IsInstalled || !JsClient.IsInstalled)
        {
            Console.Error.WriteLine("SKIPPED: needs containerd with ctr (Debian package containerd), Node, and 'npm ci' in tests/Interop.");
            return;
        }

        using var image = new BenchImage();
        await using ContainerdPeer containerd = await ContainerdPeer.StartAsync();
        await Programs.ShellAsync($"{containerd.Line("image import")} {image.Archive}");
        await using (ServedAppliance server = await ServedAppliance.StartAsync("--stop-containers"))
        {
            await Programs.ShellAsync($"{ServedAppliance.Executable} image import {image.Archive} --tag bench:latest --data {server.Data}");
            await using JsClient client = await JsClient.StartAsync(server);
            await LatencyBench.RunAsync(report, client, containerd, image);
            await ManySandboxes.RunAsync(report, server, client, containerd);
            await OutputBench.RunAsync(report, server, client);
        }

        await ImageImportBench.RunAsync(report, containerd, image);
    }
}
