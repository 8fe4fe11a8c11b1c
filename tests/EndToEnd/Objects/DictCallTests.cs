using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd.Objects;

/// <summary>Calls on dicts, message by message.</summary>
public sealed class DictCallTests : IAsyncLifetime
{
    private readonly DataFolder data = new();
    private PublishedAppliance server = null!;
    private ModalClient.ModalClientClient client = null!;
    private string dict = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        dict = (await client.DictGetOrCreateAsync(
            new DictGetOrCreateRequest
            {
                DeploymentName = "d",
                ObjectCreationType = ObjectCreationType.CreateIfMissing,
                Data = { new DictEntry { Key = Text("first"), Value = Text("given") } },
            },
            server.Credentials)).DictId;
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        data.Dispose();
    }

    [Fact]
    public async Task DictGetOrCreate_WithData_HoldsItFromTheBeginningOnly()
    {
        await client.DictGetOrCreateAsync(
            new DictGetOrCreateRequest
            {
                DeploymentName = "d",
                ObjectCreationType = ObjectCreationType.CreateIfMissing,
                Data = { new DictEntry { Key = Text("first"), Value = Text("later") } },
            },
            server.Credentials);

        Assert.Equal(Text("given"), (await GetAsync("first")).Value);
        Assert.False((await GetAsync("second")).Found);
    }

    [Fact]
    public async Task DictPop_RepeatedWithItsKey_AnswersTheSameAlsoAfterACrash()
    {
        ByteString large = ByteString.CopyFrom(new byte[20 * 1024 * 1024]);
        await PutAsync("large", large);
        ByteString[] popped = [Text("first"), Text("large")];
        foreach (ByteString key in popped)
        {
            await client.DictPopAsync(new DictPopRequest { DictId = dict, Key = key }, With(key.ToStringUtf8()));
        }

        await server.KillAsync();
        await server.DisposeAsync();
        await StartAsync();

        Assert.Equal(Text("given"), (await client.DictPopAsync(new DictPopRequest { DictId = dict, Key = popped[0] }, With("first"))).Value);
        Assert.Equal(large, (await client.DictPopAsync(new DictPopRequest { DictId = dict, Key = popped[1] }, With("large"))).Value);
        Assert.False((await client.DictPopAsync(new DictPopRequest { DictId = dict, Key = popped[1] }, With("other"))).Found);
    }

    [Fact]
    public async Task DictUpdate_IfNotExists_SaysWhetherItWasWritten()
    {
        var update = new DictUpdateRequest { DictId = dict, IfNotExists = true, Updates = { new DictEntry { Key = Text("first"), Value = Text("x") } } };

        Assert.False((await client.DictUpdateAsync(update, server.Credentials)).Created);
        Assert.Equal(Text("given"), (await GetAsync("first")).Value);
        update.Updates[0].Key = Text("new");
        Assert.True((await client.DictUpdateAsync(update, server.Credentials)).Created);
        update.Updates.Add(update.Updates[0]);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.DictUpdateAsync(update, server.Credentials));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    [Fact]
    public async Task DictContents_OfManyAndLargeEntries_StreamsEachOnceInOneOrder()
    {
        const int Count = 3_000;
        var update = new DictUpdateRequest { DictId = dict };
        update.Updates.AddRange(Enumerable.Range(0, Count).Select(number => new DictEntry { Key = Text($"k{number:D5}"), Value = Text($"v{number}") }));
        await client.DictUpdateAsync(update, server.Credentials);
        await PutAsync("z", ByteString.CopyFrom(new byte[5_000_000]));

        List<DictEntry> entries = await ReadAsync(new DictContentsRequest { DictId = dict, Keys = true, Values = true });
        List<DictEntry> keys = await ReadAsync(new DictContentsRequest { DictId = dict, Keys = true });

        Assert.Equal(Count + 2, entries.Count);
        Assert.Equal(entries.Select(entry => entry.Key), keys.Select(entry => entry.Key));
        Assert.Equal(entries.Select(entry => entry.Key.ToStringUtf8()).Order(StringComparer.Ordinal), entries.Select(entry => entry.Key.ToStringUtf8()));
        Assert.Equal(5_000_000, entries[^1].Value.Length);
        Assert.All(keys, entry => Assert.True(entry.Value.IsEmpty));
        Assert.Equal(Count + 2, (await client.DictLenAsync(new DictLenRequest { DictId = dict }, server.Credentials)).Len);
        await client.DictClearAsync(new DictClearRequest { DictId = dict }, server.Credentials);
        Assert.Empty(await ReadAsync(new DictContentsRequest { DictId = dict, Keys = true }));
    }

    [Fact]
    public async Task AnyCall_OfADictThatIsGone_IsNotFound()
    {
        await client.DictDeleteAsync(new DictDeleteRequest { DictId = dict }, server.Credentials);

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync("first"))).StatusCode);
        RpcException stream = await Assert.ThrowsAsync<RpcException>(() => ReadAsync(new DictContentsRequest { DictId = dict, Keys = true }));
        Assert.Equal(StatusCode.NotFound, stream.StatusCode);
        Assert.Contains($"Dict '{dict}' not found", stream.Status.Detail);
    }

    private async Task StartAsync()
    {
        server = await PublishedAppliance.StartAsync(data.Path);
        client = new ModalClient.ModalClientClient(server.Channel);
    }

    private async Task PutAsync(string key, ByteString value) => await client.DictUpdateAsync(
        new DictUpdateRequest { DictId = dict, Updates = { new DictEntry { Key = Text(key), Value = value } } }, server.Credentials);

    private async Task<DictGetResponse> GetAsync(string key) =>
        await client.DictGetAsync(new DictGetRequest { DictId = dict, Key = Text(key) }, server.Credentials);

    private async Task<List<DictEntry>> ReadAsync(DictContentsRequest request)
    {
        using AsyncServerStreamingCall<DictEntry> call = client.DictContents(request, server.Credentials);
        var entries = new List<DictEntry>();
        await foreach (DictEntry entry in call.ResponseStream.ReadAllAsync())
        {
            entries.Add(entry);
        }

        return entries;
    }

    private global::Grpc.Core.Metadata With(string key)
    {
        global::Grpc.Core.Metadata headers = server.Credentials;
        headers.Add("x-idempotency-key", key);
        return headers;
    }

    private static ByteString Text(string text) => ByteString.CopyFromUtf8(text);
}
