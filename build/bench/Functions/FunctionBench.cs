using Appliance.Bench.Grpc;
using Appliance.Bench.Grpc.Protos;
using Appliance.Bench.Objects;
using Google.Protobuf;

namespace Appliance.Bench.Functions;

/// <summary>
/// Function calls through the published executable, from a caller through a container and back, beside plain gRPC: what
/// the appliance adds to a call, and how many inputs pass through one pool. Needs root.
/// </summary>
public static class FunctionBench
{
    private const int Calls = 3_000;
    private const int ColdCalls = 9;
    private const int Queued = 20_000;
    private const double AddedMicrosecondsMax = 1_000;
    private const double InputsPerSecondMin = 5_000;

    public static async Task RunAsync(BenchReport report)
    {
        await using ServedAppliance server = await ServedAppliance.StartAsync("--stop-containers");
        using FunctionTarget target = await FunctionTarget.MakeAsync(server);
        await CompareCallsAsync(report, target);
        MeasureCold(report, target);
        foreach ((uint containers, uint batch) in ((uint, uint)[])[(1, 1), (8, 1), (64, 1), (1, 20), (8, 20)])
        {
            MeasureMap(report, target, containers, batch);
        }

        MeasureQueue(report, target);
        await ClientCalls.RunAsync(report, server);
    }

    private static async Task CompareCallsAsync(BenchReport report, FunctionTarget target)
    {
        (string app, string function) = target.Define(1);
        target.CallOnce(function);
        await using MirrorServer mirror = await MirrorServer.StartAsync();
        using LeanConnection plain = new([(":authority", "bench"), ("te", "trailers"), ("content-type", "application/grpc")]);
        plain.Open(new Uri(mirror.Address).Port);
        byte[] parcel = new Parcel { Name = "parcel", Payload = ByteString.CopyFrom(new byte[10]) }.ToByteArray();
        CallTimes echo = CallTimes.Measure(Calls, () => plain.Call(MirrorServer.GrpcPath, parcel));
        CallTimes nothing = CallTimes.Measure(Calls, target.CallNothing);
        CallTimes warm = CallTimes.Measure(Calls, () => target.CallOnce(function));
        target.Stop(app);

        report.Row("plain gRPC echo, .NET, median", echo.Median, "µs");
        report.Row("… 99 of 100 below", echo.Worst, "µs");
        report.Row("a call of the appliance that does nothing, median", nothing.Median, "µs", "plain echo, .NET", nothing.Median / echo.Median);
        report.Row("warm call through a container, median", warm.Median, "µs", "plain echo, .NET", warm.Median / echo.Median);
        report.Row("… 99 of 100 below", warm.Worst, "µs", "plain echo, .NET", warm.Worst / echo.Worst);
        report.Row("… what the appliance adds to an echo, median", warm.Median - echo.Median, "µs", "limit of 1 ms", (warm.Median - echo.Median) / AddedMicrosecondsMax);
        CompareWithPython(report, warm);
    }

    private static void CompareWithPython(BenchReport report, CallTimes warm)
    {
        const string Python = "/usr/bin/python3";
        if (!PythonScript.Has(Python, "grpc"))
        {
            Console.Error.WriteLine("SKIPPED: the Debian package python3-grpcio is not installed, so there is no echo of grpcio to compare with.");
            return;
        }

        using PythonScript server = PythonScript.Start(Python, "echo.py", ["serve"]);
        using PythonScript client = PythonScript.Start(Python, "echo.py", ["call", server.ReadLine(), $"{Calls}"]);
        Dictionary<string, double> echo = client.ReadNumbers();
        report.Row("plain gRPC echo, grpcio of Python, median", echo["p50"], "µs");
        report.Row("… 99 of 100 below", echo["p99"], "µs");
        report.Row("warm call through a container, median", warm.Median, "µs", "plain echo, grpcio", warm.Median / echo["p50"]);
    }

    private static void MeasureCold(BenchReport report, FunctionTarget target)
    {
        var apps = new List<string>();
        CallTimes cold = CallTimes.Measure(ColdCalls, () =>
        {
            (string app, string function) = target.Define(1);
            apps.Add(app);
            target.CallOnce(function);
        });
        apps.ForEach(target.Stop);
        report.Row("cold call, app and container made for it, median", cold.Median, "µs");
    }

    private static void MeasureMap(BenchReport report, FunctionTarget target, uint containers, uint batch)
    {
        (string app, string function) = target.Define(containers, definition =>
        {
            definition.AutoscalerSettings.MinContainers = containers;
            definition.BatchMaxSize = batch > 1 ? batch : 0;
            definition.BatchLingerMs = batch > 1 ? 1u : 0;
        });
        using (var warming = new MapRun(target.Server, function))
        {
            while (warming.Tasks.Count < containers)
            {
                using var round = new MapRun(target.Server, function);
                round.Run((int)(containers * batch) * 10);
                warming.Tasks.UnionWith(round.Tasks);
            }
        }

        using var run = new MapRun(target.Server, function);
        TimeSpan before = target.Server.ProcessorTime;
        TimeSpan ownBefore = Environment.CpuUsage.TotalTime;
        int count = containers == 1 && batch == 1 ? 5_000 : 20_000;
        double rate = run.Run(count);
        Console.Error.WriteLine(
            $"{containers} containers, batches of {batch}: {rate:N0} inputs/s, server {(target.Server.ProcessorTime - before).TotalMicroseconds / count:0} µs of processor each, caller {(Environment.CpuUsage.TotalTime - ownBefore).TotalMicroseconds / count:0} µs");
        target.Stop(app);
        string how = batch > 1 ? $", batches of {batch}" : "";
        report.Row($"map through {containers} container{(containers > 1 ? "s" : "")}{how}", rate, "inputs/s", "wanted: 5,000", rate / InputsPerSecondMin);
    }

    /// <summary>The function's containers wait for memory that another one has, until all inputs are there.</summary>
    private static void MeasureQueue(BenchReport report, FunctionTarget target)
    {
        uint most = (uint)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 6 / 10 >> 20);
        (string holder, string held) = target.Define(1, definition => definition.Resources.MemoryMb = most);
        target.CallOnce(held);
        (string app, string function) = target.Define(1, definition =>
        {
            definition.Resources.MemoryMb = most;
            definition.BatchMaxSize = 20;
            definition.StartupTimeoutSecs = 600;
        });
        using var run = new MapRun(target.Server, function);
        report.Row("inputs accepted while none is worked on", run.Enqueue(Queued), "inputs/s");
        target.Stop(holder);
        report.Row($"inputs given out of a queue of {Queued:N0}, to one container in batches of 20", run.Dispatch(Queued), "inputs/s");
        target.Stop(app);
    }
}
