using System.Collections.Concurrent;
using System.Globalization;
using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Tests.EndToEnd.Objects;

/// <summary>
/// kill −9 at random moments under load: no item is lost or doubled, and every acknowledged write to a dict is there.
/// APPLIANCE_KILL_ITEMS sets how many items go through the queue.
/// </summary>
public sealed class KillTests
{
    private const int Producers = 10;
    private const int Consumers = 10;
    private const int DictKeys = 20;
    private const int Seed = 20_261_121;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static int ItemCount =>
        int.Parse(Environment.GetEnvironmentVariable("APPLIANCE_KILL_ITEMS") ?? "10000", CultureInfo.InvariantCulture) / Producers * Producers;

    [Fact]
    public async Task Kill_AtRandomMoments_LosesAndDoublesNothing()
    {
        using var data = new DataFolder();
        await using var server = new KilledAppliance(data.Path, new Random(Seed));
        await server.StartAsync();
        string queue = (await server.CallAsync((client, options) => client.QueueGetOrCreateAsync(
            new QueueGetOrCreateRequest { DeploymentName = "q", ObjectCreationType = ObjectCreationType.CreateIfMissing }, options))).QueueId;
        string dict = (await server.CallAsync((client, options) => client.DictGetOrCreateAsync(
            new DictGetOrCreateRequest { DeploymentName = "d", ObjectCreationType = ObjectCreationType.CreateIfMissing }, options))).DictId;
        var got = new ConcurrentBag<int>();
        using var hasAll = new CancellationTokenSource();

        Task killing = server.KillUntilStoppedAsync();
        Task[] producers = [.. Enumerable.Range(0, Producers).Select(number => ProduceAsync(server, queue, number))];
        Task[] consumers = [.. Enumerable.Range(0, Consumers).Select(_ => ConsumeAsync(server, queue, got, hasAll))];
        Task<int[]>[] writers = [.. Enumerable.Range(0, 2).Select(client => WriteAsync(server, dict, client, hasAll.Token))];
        await Task.WhenAll([.. producers, .. consumers]).WaitAsync(Limit);
        int[][] written = await Task.WhenAll(writers).WaitAsync(Limit);
        server.StopKilling();
        await killing.WaitAsync(Limit);

        Assert.True(server.KillCount > 2, "The server was hardly ever killed, so nothing was tested.");
        Assert.Equal(Enumerable.Range(0, ItemCount), got.Order());
        QueueLenResponse left = await server.CallAsync((client, options) => client.QueueLenAsync(new QueueLenRequest { QueueId = queue, Total = true }, options));
        Assert.Equal(0, left.Len);
        for (int client = 0; client < written.Length; client++)
        {
            for (int key = 0; key < DictKeys; key++)
            {
                Assert.Equal(written[client][key], await ReadAsync(server, dict, client, key));
            }
        }
    }

    private static async Task ProduceAsync(KilledAppliance server, string queue, int number)
    {
        int share = ItemCount / Producers;
        for (int item = number * share; item < (number + 1) * share;)
        {
            int count = Math.Min(1 + (item % 7), ((number + 1) * share) - item);
            var request = new QueuePutRequest { QueueId = queue, PartitionTtlSeconds = 86_400 };
            request.Values.AddRange(Enumerable.Range(item, count).Select(ToBytes));
            await server.CallAsync((client, options) => client.QueuePutAsync(request, options));
            item += count;
        }
    }

    private static async Task ConsumeAsync(KilledAppliance server, string queue, ConcurrentBag<int> got, CancellationTokenSource hasAll)
    {
        while (!hasAll.IsCancellationRequested)
        {
            var request = new QueueGetRequest { QueueId = queue, NValues = 5, Timeout = 1 };
            QueueGetResponse response = await server.CallAsync((client, options) => client.QueueGetAsync(request, options));
            foreach (ByteString value in response.Values)
            {
                got.Add(ToNumber(value));
            }

            if (got.Count >= ItemCount)
            {
                await hasAll.CancelAsync();
            }
        }
    }

    /// <summary>Writes rising numbers; answers for each key the last that was acknowledged.</summary>
    private static async Task<int[]> WriteAsync(KilledAppliance server, string dict, int client, CancellationToken end)
    {
        var acknowledged = new int[DictKeys];
        for (int number = 0; number < DictKeys || !end.IsCancellationRequested; number++)
        {
            int key = number % DictKeys;
            var request = new DictUpdateRequest { DictId = dict, Updates = { new DictEntry { Key = ToKey(client, key), Value = ToBytes(number) } } };
            await server.CallAsync((stub, options) => stub.DictUpdateAsync(request, options));
            acknowledged[key] = number;
        }

        return acknowledged;
    }

    private static async Task<int> ReadAsync(KilledAppliance server, string dict, int client, int key)
    {
        DictGetResponse response = await server.CallAsync((stub, options) =>
            stub.DictGetAsync(new DictGetRequest { DictId = dict, Key = ToKey(client, key) }, options));
        return response.Found ? ToNumber(response.Value) : -1;
    }

    private static ByteString ToKey(int client, int key) => ByteString.CopyFromUtf8($"{client}/{key}");

    private static ByteString ToBytes(int number) => ByteString.CopyFrom(BitConverter.GetBytes(number));

    private static int ToNumber(ByteString bytes) => BitConverter.ToInt32(bytes.Span);
}
