using System.Diagnostics;
using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Bench.Objects;

/// <summary>
/// Durable queue and dict operations over gRPC, against Redis with appendfsync always: the same number of connections,
/// each with one call under way, rounds of both in turn. Every call carries a key of its own, as real clients send them.
/// </summary>
public static class ObjectsBench
{
    public const int KeyCount = 100_000;

    private const int Callers = 64;
    private const int ValueBytes = 100;
    private const int Rounds = 3;
    private const int PutsPerPartition = 4_000;
    private const int OperationsPerCaller = 1_000;
    private const string Service = "/modal.client.ModalClient/";

    private static readonly (string Title, string Test, Operation Operation)[] Kinds =
    [
        ("queue put", "lpush", Operation.QueuePut),
        ("queue get", "rpop", Operation.QueueGet),
        ("dict put", "set", Operation.DictPut),
        ("dict get", "get", Operation.DictGet),
    ];

    public static async Task RunAsync(BenchReport report)
    {
        bool hasPeer = RedisPeer.IsInstalled;
        if (!hasPeer)
        {
            Console.Error.WriteLine("SKIPPED: redis-server and redis-benchmark (Debian package redis) are not installed, so there are no ratios.");
        }

        var own = Kinds.ToDictionary(kind => kind.Operation, _ => new List<double>());
        var peers = Kinds.ToDictionary(kind => kind.Operation, _ => new List<double>());
        await using (ServedAppliance server = await ServedAppliance.StartAsync())
        await using (RedisPeer? redis = hasPeer ? await RedisPeer.StartAsync() : null)
        {
            LeanConnection[] connections = await ConnectAsync(server);
            var target = await Target.MakeAsync(connections[0]);
            await MeasureAsync(connections, target, Operation.DictPut, -1);
            for (int round = 0; round < Rounds; round++)
            {
                foreach ((_, string test, Operation operation) in Kinds)
                {
                    if (redis is not null)
                    {
                        peers[operation].Add(await redis.MeasureAsync(test, Callers, Callers * OperationsPerCaller, ValueBytes));
                    }

                    TimeSpan before = server.ProcessorTime;
                    own[operation].Add(await MeasureAsync(connections, target, operation, round));
                    Console.Error.WriteLine(
                        $"{operation}: {own[operation][^1]:N0}/s, server {(server.ProcessorTime - before).TotalMicroseconds / (Callers * OperationsPerCaller):0.0} µs each; redis {peers[operation].LastOrDefault():N0}/s");
                }
            }

            Array.ForEach(connections, connection => connection.Dispose());
        }

        foreach ((string title, string test, Operation operation) in Kinds)
        {
            double value = Median(own[operation]);
            if (hasPeer)
            {
                double peer = Median(peers[operation]);
                report.Row($"redis {test}, appendfsync always, {Callers} callers", peer, "operations/s");
                report.Row($"{title}, {Callers} callers", value, "operations/s", $"redis {test}", value / peer);
            }
            else
            {
                report.Row($"{title}, {Callers} callers", value, "operations/s");
            }
        }
    }

    private static async Task<LeanConnection[]> ConnectAsync(ServedAppliance server)
    {
        var connections = new LeanConnection[Callers];
        for (int index = 0; index < Callers; index++)
        {
            connections[index] = new LeanConnection(server.Headers);
            await connections[index].OpenAsync(server.GrpcPort);
        }

        return connections;
    }

    private static async Task<double> MeasureAsync(LeanConnection[] connections, Target target, Operation operation, int round)
    {
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select((connection, caller) => Task.Run(async () =>
        {
            for (int count = 0; count < OperationsPerCaller; count++)
            {
                (string method, byte[] message) = target.Request(operation, $"{round}-{caller}-{count / PutsPerPartition}");
                if (await connection.CallAsync(Service + method, message, Guid.NewGuid().ToString()) < (operation == Operation.QueueGet ? ValueBytes : 0))
                {
                    throw new InvalidOperationException($"{operation} failed in round {round}.");
                }
            }
        })));
        return Callers * OperationsPerCaller / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private enum Operation
    {
        QueuePut,
        QueueGet,
        DictPut,
        DictGet,
    }

    /// <summary>The queue and the dict that are worked on.</summary>
    private sealed record Target(string QueueId, string DictId)
    {
        private static readonly ByteString Value = ByteString.CopyFrom(new byte[ValueBytes]);

        public static async Task<Target> MakeAsync(LeanConnection connection) => new(
            await MakeAsync(connection, "QueueGetOrCreate", new QueueGetOrCreateRequest { DeploymentName = "bench", ObjectCreationType = ObjectCreationType.CreateIfMissing }),
            await MakeAsync(connection, "DictGetOrCreate", new DictGetOrCreateRequest { DeploymentName = "bench", ObjectCreationType = ObjectCreationType.CreateIfMissing }));

        public (string Method, byte[] Message) Request(Operation operation, string partition) => operation switch
        {
            Operation.QueuePut => ("QueuePut", new QueuePutRequest
            {
                QueueId = QueueId, Values = { Value }, PartitionKey = ByteString.CopyFromUtf8(partition), PartitionTtlSeconds = 86_400,
            }.ToByteArray()),
            Operation.QueueGet => ("QueueGet", new QueueGetRequest
            {
                QueueId = QueueId, NValues = 1, Timeout = 50, PartitionKey = ByteString.CopyFromUtf8(partition),
            }.ToByteArray()),
            Operation.DictPut => ("DictUpdate", new DictUpdateRequest
            {
                DictId = DictId, Updates = { new DictEntry { Key = RandomKey(), Value = Value } },
            }.ToByteArray()),
            _ => ("DictGet", new DictGetRequest { DictId = DictId, Key = RandomKey() }.ToByteArray()),
        };

        private static ByteString RandomKey() => ByteString.CopyFromUtf8($"key:{Random.Shared.Next(KeyCount):D12}");

        private static async Task<string> MakeAsync(LeanConnection connection, string method, IMessage request)
        {
            byte[] answer = await connection.CallForMessageAsync(Service + method, request.ToByteArray());
            return method.StartsWith("Queue", StringComparison.Ordinal)
                ? QueueGetOrCreateResponse.Parser.ParseFrom(answer).QueueId
                : DictGetOrCreateResponse.Parser.ParseFrom(answer).DictId;
        }
    }
}
