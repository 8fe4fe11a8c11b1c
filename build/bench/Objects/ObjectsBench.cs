using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Appliance.Bench.Objects;

/// <summary>
/// Durable queue and dict operations over gRPC, against Redis with appendfsync always, at the same number of operations
/// under way, rounds of both in turn. The Modal clients hold one connection for each process, whatever it has under way,
/// so callers are measured both as those of one process and as processes of their own; Redis needs a connection for each
/// either way. Every call carries a key of its own, as real clients send them.
/// </summary>
public static class ObjectsBench
{
    public const int KeyCount = 100_000;
    public const int ValueBytes = 100;

    private const int Callers = 64;
    private const int Rounds = 3;
    private const int OperationsPerCaller = 1_000;
    private const string Service = "/modal.client.ModalClient/";

    /// <summary>All callers in one process, and each in one of its own.</summary>
    private static readonly int[] Connections = [1, Callers];

    private static readonly (string Title, string Test, string Method, Operation Operation)[] Kinds =
    [
        ("queue put", "lpush", "QueuePut", Operation.QueuePut),
        ("queue get", "rpop", "QueueGet", Operation.QueueGet),
        ("dict put", "set", "DictUpdate", Operation.DictPut),
        ("dict get", "get", "DictGet", Operation.DictGet),
    ];

    public static async Task RunAsync(BenchReport report)
    {
        bool hasPeer = RedisPeer.IsInstalled;
        if (!hasPeer)
        {
            Console.Error.WriteLine("SKIPPED: redis-server and redis-benchmark (Debian package redis) are not installed, so there are no ratios.");
        }

        var own = new Dictionary<(Operation, int), List<double>>();
        var peers = Kinds.ToDictionary(kind => kind.Operation, _ => new List<double>());
        await using (ServedAppliance server = await ServedAppliance.StartAsync())
        await using (RedisPeer? redis = hasPeer ? await RedisPeer.StartAsync() : null)
        {
            LeanCallers[] clients = [.. Connections.Select(count => new LeanCallers(server, Callers, count))];
            ObjectsTarget target = ObjectsTarget.Make(clients[0].First, Service);
            Array.ForEach(clients, callers => Measure(callers, target, Operation.DictPut, -1));
            for (int round = 0; round < Rounds; round++)
            {
                foreach ((_, string test, _, Operation operation) in Kinds)
                {
                    if (redis is not null)
                    {
                        peers[operation].Add(await redis.MeasureAsync(test, Callers, Callers * OperationsPerCaller, ValueBytes));
                    }

                    for (int number = 0; number < clients.Length; number++)
                    {
                        (TimeSpan serverBefore, TimeSpan ownBefore) = (server.ProcessorTime, Environment.CpuUsage.TotalTime);
                        double rate = Measure(clients[number], target, operation, round);
                        CollectionsMarshal.GetValueRefOrAddDefault(own, (operation, Connections[number]), out _) ??= [];
                        own[(operation, Connections[number])].Add(rate);
                        Console.Error.WriteLine(
                            $"{operation} over {Connections[number]}: {rate:N0}/s, server {Each(server.ProcessorTime - serverBefore):0.0} µs each, client {Each(Environment.CpuUsage.TotalTime - ownBefore):0.0} µs; redis {peers[operation].LastOrDefault():N0}/s");
                    }
                }
            }

            Array.ForEach(clients, callers => callers.Dispose());
        }

        foreach ((string title, string test, _, Operation operation) in Kinds)
        {
            double peer = hasPeer ? Median(peers[operation]) : double.NaN;
            if (hasPeer)
            {
                report.Row($"redis {test}, appendfsync always, {Callers} callers", peer, "operations/s");
            }

            foreach (int count in Connections)
            {
                double value = Median(own[(operation, count)]);
                string name = count == 1 ? $"{title}, {Callers} callers of one client" : $"{title}, {Callers} clients";
                if (hasPeer)
                {
                    report.Row(name, value, "operations/s", $"redis {test}", value / peer);
                }
                else
                {
                    report.Row(name, value, "operations/s");
                }
            }
        }
    }

    private static double Measure(LeanCallers callers, ObjectsTarget target, Operation operation, int round)
    {
        LeanCallers.MessageSource source = target.Messages(operation, round);
        long started = Stopwatch.GetTimestamp();
        int failures = callers.Run(Service + Kinds.Single(kind => kind.Operation == operation).Method, OperationsPerCaller, source, operation == Operation.QueueGet ? ValueBytes : 0);
        return failures == 0
            ? Callers * OperationsPerCaller / Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"{operation} failed {failures} times in round {round}.");
    }

    private static double Each(TimeSpan time) => time.TotalMicroseconds / (Callers * OperationsPerCaller);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
