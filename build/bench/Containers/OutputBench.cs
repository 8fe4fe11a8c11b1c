namespace Appliance.Bench.Containers;

/// <summary>What 'cat' writes, through gRPC, against the same through a pipe inside of the same container.</summary>
internal static class OutputBench
{
    private const int Rounds = 3;
    private const long Bytes = 1L << 30;
    private const string File = "/large";

    public static async Task RunAsync(BenchReport report, ServedAppliance server, JsClient client)
    {
        string sandbox = await client.AskAsync("open");
        await client.AskAsync($"run head -c {Bytes} /dev/urandom > {File}");
        using OutputCaller caller = await OutputCaller.ConnectAsync(server, sandbox);
        Samples pipe = new(), js = new(), lean = new();
        for (int round = -1; round < Rounds; round++)
        {
            (double byPipe, double byJs, double byLean) = (
                await client.MeasureAsync($"run cat {File} | cat > /dev/null"),
                await client.MeasureAsync($"read {File} {Bytes}"),
                await caller.MeasureAsync(["cat", File], Bytes));
            Console.Error.WriteLine($"1 GiB: pipe {byPipe:N0} ms, JS client {byJs:N0} ms, lean client {byLean:N0} ms");
            if (round >= 0)
            {
                pipe.Add(byPipe);
                js.Add(byJs);
                lean.Add(byLean);
            }

            // Output is kept in files; the disk takes them now rather than in the next round.
            await Programs.ShellAsync("sync");
        }

        await client.AskAsync("end");
        report.Row("`cat` of 1 GiB into `cat` inside of a container", Rate(pipe), "MiB/s");
        report.Row("`cat` of 1 GiB read by the JS client", Rate(js), "MiB/s", "pipe", Rate(js) / Rate(pipe));
        report.Row("… by a lean client", Rate(lean), "MiB/s", "pipe", Rate(lean) / Rate(pipe));
    }

    private static double Rate(Samples samples) => (Bytes >> 20) * 1000 / samples.Median;
}
