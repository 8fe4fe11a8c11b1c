using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd.Objects;

/// <summary>Calls on queues, message by message, as no client library would show them.</summary>
public sealed class QueueCallTests : IAsyncLifetime
{
    private readonly DataFolder data = new();
    private PublishedAppliance server = null!;
    private ModalClient.ModalClientClient client = null!;
    private string queue = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        queue = (await client.QueueGetOrCreateAsync(
            new QueueGetOrCreateRequest { DeploymentName = "q", ObjectCreationType = ObjectCreationType.CreateIfMissing }, server.Credentials)).QueueId;
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        data.Dispose();
    }

    [Fact]
    public async Task QueueGet_RepeatedWithItsKey_AnswersTheSameItemsAlsoAfterACrash()
    {
        await PutAsync(1, 2, 3);
        var get = new QueueGetRequest { QueueId = queue, NValues = 2 };
        QueueGetResponse first = await client.QueueGetAsync(get, With("key"));
        await client.QueueClearAsync(new QueueClearRequest { QueueId = queue, AllPartitions = true }, server.Credentials);
        await server.KillAsync();
        await server.DisposeAsync();
        await StartAsync();

        QueueGetResponse again = await client.QueueGetAsync(get, With("key"));

        Assert.Equal([1, 2], first.Values.Select(value => value[0]));
        Assert.Equal(first.Values.AsEnumerable(), again.Values);
        Assert.Empty((await client.QueueGetAsync(get, With("other"))).Values);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.QueueGetAsync(new QueueGetRequest { QueueId = queue, NValues = 1 }, With("key")));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    [Fact]
    public async Task QueueGet_WaitingWhenTheQueueIsDeleted_IsNotFoundAtOnce()
    {
        Task<QueueGetResponse> waiting = client.QueueGetAsync(new QueueGetRequest { QueueId = queue, NValues = 1, Timeout = 50 }, server.Credentials).ResponseAsync;
        await Task.Delay(200);

        await client.QueueDeleteAsync(new QueueDeleteRequest { QueueId = queue }, server.Credentials);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    [Fact]
    public async Task QueueGet_WaitingWhenTheServerStops_IsAnsweredWithNothing()
    {
        Task<QueueGetResponse> waiting = client.QueueGetAsync(new QueueGetRequest { QueueId = queue, NValues = 1, Timeout = 50 }, server.Credentials).ResponseAsync;
        await Task.Delay(200);

        Assert.Equal(0, (await server.StopAsync()).ExitStatus);

        Assert.Empty((await waiting.WaitAsync(TimeSpan.FromSeconds(5))).Values);
    }

    [Fact]
    public async Task QueueNextItems_WaitingBehindTheLast_SeesTheNextPut()
    {
        await PutAsync(1);
        QueueNextItemsResponse first = await client.QueueNextItemsAsync(new QueueNextItemsRequest { QueueId = queue }, server.Credentials);
        Task<QueueNextItemsResponse> waiting = client.QueueNextItemsAsync(
            new QueueNextItemsRequest { QueueId = queue, LastEntryId = first.Items[0].EntryId, ItemPollTimeout = 30 }, server.Credentials).ResponseAsync;
        await Task.Delay(100);

        await PutAsync(2);

        QueueItem item = Assert.Single((await waiting.WaitAsync(TimeSpan.FromSeconds(5))).Items);
        Assert.Equal(2, item.Value[0]);
        Assert.True(string.CompareOrdinal(item.EntryId, first.Items[0].EntryId) > 0);
    }

    [Fact]
    public async Task QueuePut_AnItemTooLarge_IsAnHttpStatusUntilTheClientWouldRepeatForEver()
    {
        var put = new QueuePutRequest { QueueId = queue, PartitionTtlSeconds = 60, Values = { ByteString.CopyFrom(new byte[(1024 * 1024) + 1]) } };

        RpcException first = await Assert.ThrowsAsync<RpcException>(async () => await client.QueuePutAsync(put, server.Credentials));
        global::Grpc.Core.Metadata headers = server.Credentials;
        headers.Add("x-retry-attempt", "4");
        RpcException fifth = await Assert.ThrowsAsync<RpcException>(async () => await client.QueuePutAsync(put, headers));

        Assert.Equal(StatusCode.ResourceExhausted, first.StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, fifth.StatusCode);
        Assert.Contains("an item may have at most 1048576", fifth.Status.Detail);
    }

    [Fact]
    public async Task QueuePut_ManyLargeItems_ComeBackWhole()
    {
        ByteString[] values = [.. Enumerable.Range(0, 70).Select(number => ByteString.CopyFrom([.. Enumerable.Repeat((byte)number, 1024 * 1024)]))];
        await client.QueuePutAsync(new QueuePutRequest { QueueId = queue, PartitionTtlSeconds = 60, Values = { values } }, server.Credentials);

        var got = new List<ByteString>();
        while (got.Count < values.Length)
        {
            QueueGetResponse some = await client.QueueGetAsync(new QueueGetRequest { QueueId = queue, NValues = 100 }, server.Credentials);
            Assert.NotEmpty(some.Values);
            got.AddRange(some.Values);
        }

        Assert.Equal(values, got);
    }

    [Theory]
    [InlineData(0, 1, 86_400)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 65, 60)]
    [InlineData(5_001, 1, 60)]
    [InlineData(1, 1, 604_801)]
    [InlineData(1, 1, -5)]
    public async Task QueuePut_BadInput_IsInvalidUnlessThereIsNothingToDo(int count, int keyBytes, int ttl)
    {
        var put = new QueuePutRequest { QueueId = queue, PartitionTtlSeconds = ttl, PartitionKey = ByteString.CopyFrom(new byte[keyBytes]) };
        put.Values.AddRange(Enumerable.Repeat(ByteString.Empty, count));
        if (count == 0)
        {
            await client.QueuePutAsync(put, server.Credentials);
            return;
        }

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.QueuePutAsync(put, server.Credentials));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    [Fact]
    public async Task QueueList_CountsPartitionsAndItems()
    {
        await PutAsync(1, 2);
        await client.QueuePutAsync(
            new QueuePutRequest { QueueId = queue, PartitionTtlSeconds = 60, PartitionKey = ByteString.CopyFromUtf8("p"), Values = { ByteString.Empty } }, server.Credentials);

        QueueListResponse list = await client.QueueListAsync(new QueueListRequest { TotalSizeLimit = 2 }, server.Credentials);

        QueueListResponse.Types.QueueInfo info = Assert.Single(list.Queues);
        Assert.Equal(("q", 2, 3), (info.Name, info.NumPartitions, info.TotalSize));
    }

    private async Task StartAsync()
    {
        server = await PublishedAppliance.StartAsync(data.Path);
        client = new ModalClient.ModalClientClient(server.Channel);
    }

    private async Task PutAsync(params byte[] values)
    {
        var put = new QueuePutRequest { QueueId = queue, PartitionTtlSeconds = 60 };
        put.Values.AddRange(values.Select(value => ByteString.CopyFrom(value)));
        await client.QueuePutAsync(put, server.Credentials);
    }

    private global::Grpc.Core.Metadata With(string key)
    {
        global::Grpc.Core.Metadata headers = server.Credentials;
        headers.Add("x-idempotency-key", key);
        return headers;
    }
}
