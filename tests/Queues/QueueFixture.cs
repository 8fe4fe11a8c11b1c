using Appliance.Contents.Values;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Tokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Queues;
using Appliance.Metadata.Values;
using Appliance.Objects;
using Appliance.Queues;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Queues;

/// <summary>One queue over a real database, on a clock that the test moves.</summary>
internal sealed class QueueFixture : IAsyncDisposable
{
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TestDirectory directory = new();

    public FakeTime Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    public MetadataStore Store { get; private set; } = null!;

    public Caller Caller { get; private set; } = null!;

    public string QueueId { get; private set; } = null!;

    public static async Task<QueueFixture> OpenAsync()
    {
        var fixture = new QueueFixture();
        await fixture.ReopenAsync();
        return fixture;
    }

    public async Task ReopenAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        Store = await MetadataStore.OpenAsync(directory.Path, Clock);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(Store, "lab");
        Caller ??= new Caller(workspace.Id, (await new TokenAuthority(Store, workspace, Clock).IssueAsync("test", null)).Id, "test");
        QueueId ??= await CreateAsync("q");
    }

    public Task<string> CreateAsync(string name) => Store.WriteAsync(write =>
    {
        string id = ObjectDirectory.Create<QueueId>(write, Caller, new ObjectRequest(name, "", CreationMode.CreateNew)).Id;
        QueueGenerations.Add(write, id);
        return id;
    });

    public PartitionAddress Place(string key = "") => new(QueueId, PartitionKey.Read(System.Text.Encoding.UTF8.GetBytes(key)));

    public Task PutAsync(params byte[] values) => PutAsync(Place(), Day, values);

    public Task PutAsync(PartitionAddress place, TimeSpan life, params byte[] values) => Store.WriteAsync(write =>
        QueueItemStore.Put(write, Caller, place, [.. values.Select(value => new StoredValue(new[] { value }, null))], life));

    public Task<TakenItems?> TakeAsync(int count, string key = "") =>
        Store.WriteAsync(write => QueueItemStore.Take(write, Caller, Place(key), count));

    public async Task<byte[]> GetAsync(int count, string key = "") =>
        await TakeAsync(count, key) is { } taken ? Read(taken) : [];

    public byte[] Read(TakenItems taken) =>
        [.. Store.Read(read => QueueItemStore.Read(read, taken)).Select(item => item.Value.Bytes.Span[0])];

    public long Count(string key = "") => Store.Read(read => QueueItemStore.Count(read, Caller, Place(key), Clock.Now));

    public long CountRows() => Store.Read(read =>
        read.Prepare("SELECT count(*) FROM queue_items").ReadAll(row => row.GetInteger(0))[0]);

    public long CountPartitionRows() => Store.Read(read =>
        read.Prepare("SELECT count(*) FROM queue_partitions").ReadAll(row => row.GetInteger(0))[0]);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        directory.Dispose();
    }
}
