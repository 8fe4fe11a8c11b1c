using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Identity;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class IdempotencyKeysTests : IAsyncLifetime
{
    private static readonly IdempotentRequest Request = new("ak-1", "key", "AppCreate", Digest.OfNothing);

    private readonly TestDirectory directory = new();
    private readonly FakeTime time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private MetadataStore store = null!;

    public async Task InitializeAsync() => store = await MetadataStore.OpenAsync(directory.Path, time);

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Once_SentManyTimesAtOnce_DoesTheWorkOnce()
    {
        int runs = 0;
        byte[][] replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OnceAsync(Request, () => [(byte)++runs])));

        Assert.Equal(1, runs);
        Assert.All(replies, reply => Assert.Equal([1], reply));
    }

    [Fact]
    public async Task Once_WorkThrows_StoresNeitherWorkNorReply()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync(write => IdempotencyKeys.Once(
            write,
            Request,
            inner =>
            {
                Workspaces.Ensure(inner, "half");
                throw new InvalidOperationException();
            })));

        Assert.Empty(store.Read(Workspaces.List));
        Assert.Equal([2], await OnceAsync(Request, () => [2]));
    }

    [Fact]
    public async Task Once_SameKeyOtherRequest_IsInvalidArgument()
    {
        await OnceAsync(Request, () => []);

        IdempotentRequest[] others = [Request with { Rpc = "AppStop" }, Request with { RequestHash = Digest.Of([1]) }];
        foreach (IdempotentRequest other in others)
        {
            var failure = await Assert.ThrowsAsync<ApplianceException>(() => OnceAsync(other, () => []));
            Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        }

        Assert.Equal([3], await OnceAsync(Request with { Scope = "ak-2" }, () => [3]));
    }

    [Fact]
    public async Task Purge_OldKeys_GoOldestFirstAndWithinTheBound()
    {
        for (int number = 0; number < 5; number++)
        {
            await OnceAsync(Request with { Key = $"{number}" }, () => []);
            time.Now += TimeSpan.FromHours(1);
        }

        DateTimeOffset olderThan = time.Now - TimeSpan.FromHours(1);
        Assert.Equal(3, await store.WriteAsync(write => IdempotencyKeys.Purge(write, olderThan, countMax: 3)));
        Assert.Equal(1, await store.WriteAsync(write => IdempotencyKeys.Purge(write, olderThan, countMax: 3)));
        Assert.NotNull(store.Read(read => IdempotencyKeys.Find(read, Request with { Key = "4" })));
        Assert.Null(store.Read(read => IdempotencyKeys.Find(read, Request with { Key = "3" })));
    }

    private Task<byte[]> OnceAsync(IdempotentRequest request, Func<byte[]> work) =>
        store.WriteAsync(write => IdempotencyKeys.Once(write, request, _ => work()));
}
