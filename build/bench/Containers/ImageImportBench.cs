namespace Appliance.Bench.Containers;

/// <summary>
/// An image of 1 GiB taken in, until it can be used and is on the disk. The appliance syncs what it promises by itself;
/// for the others the file system is synced at the end. skopeo only puts the layer into an OCI layout, packed.
/// </summary>
internal static class ImageImportBench
{
    private const double Mebibytes = 1024;
    private const int Rounds = 3;
    private const string Peer = "`ctr image import` + sync";

    public static async Task RunAsync(BenchReport report, ContainerdPeer containerd, BenchImage image)
    {
        string archive = image.WriteLarge();
        bool hasSkopeo = Programs.IsInstalled("skopeo");
        if (!hasSkopeo)
        {
            Console.Error.WriteLine("SKIPPED: skopeo (Debian package) is not installed, so its copy is not compared with.");
        }

        Samples own = new(), peer = new(), unsynced = new(), copy = new();
        for (int round = 0; round < Rounds; round++)
        {
            await Programs.ShellAsync($"sync -f {archive}; cat {archive}");
            await using (ServedAppliance server = await ServedAppliance.StartAsync())
            {
                own.Add(await Programs.ShellAsync($"{ServedAppliance.Executable} image import {archive} --tag large:latest --data {server.Data}"));
            }

            double import = await Programs.ShellAsync($"{containerd.Line("image import")} {archive}");
            unsynced.Add(import);
            peer.Add(import + await Programs.ShellAsync($"sync -f {containerd.Folder}"));
            await Programs.ShellAsync(containerd.Line("image rm --sync docker.io/library/large:latest"));
            if (hasSkopeo)
            {
                string target = archive + ".oci";
                copy.Add(await Programs.ShellAsync($"skopeo --insecure-policy copy docker-archive:{archive} oci:{target}:large && sync -f {target}"));
                Directory.Delete(target, recursive: true);
            }

            Console.Error.WriteLine($"image import: own {own.Median:N0} ms, containerd {peer.Median:N0} ms, of that without sync {unsynced.Median:N0} ms");
        }

        report.Row($"{Peer} of a 1 GiB image, 16,388 files", Rate(peer), "MiB/s");
        report.Row("… without sync", Rate(unsynced), "MiB/s");
        report.Row("`appliance image import` of it, synced", Rate(own), "MiB/s", Peer, Rate(own) / Rate(peer));
        report.Row("…", Rate(own), "MiB/s", "… without sync", Rate(own) / Rate(unsynced));
        if (hasSkopeo)
        {
            report.Row("`skopeo copy` of it to an OCI layout, not unpacked, + sync", Rate(copy), "MiB/s");
            report.Row("`appliance image import` of it, synced", Rate(own), "MiB/s", "`skopeo copy` + sync", Rate(own) / Rate(copy));
        }
    }

    private static double Rate(Samples samples) => Mebibytes * 1000 / samples.Median;
}
