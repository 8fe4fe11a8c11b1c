using Appliance.Contents.Values;
using Appliance.Core.Lifetime;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Queues;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Appliance.Queues;
using Appliance.Queues.Waiting;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Queues;

/// <summary>The two calls on queues that wait: one takes items, the other looks at them.</summary>
internal sealed class QueueReader(
    MetadataStore store, ValueStore values, QueueWaiters waiters, DrainSignal drain, TimeProvider clock)
{
    private const int PeekCountMax = 100;

    private readonly FilledPartitions filled = new();

    /// <summary>
    /// Takes items as soon as there are any. What was taken is remembered with the call's key: the reply may be lost, and
    /// no other client would get these items.
    /// </summary>
    public async Task<QueueGetResponse> GetAsync(QueueGetRequest request, ServerCallContext context)
    {
        PartitionAddress place = QueueWords.ToAddress(request.QueueId, request.PartitionKey);
        int countMax = QueueWords.ToCount(request.NValues);
        TimeSpan wait = QueueWords.ToWait(request.Timeout);
        OnceOnly once = OnceOnly.Of(context, request);
        Task<Taken?> AttemptAsync() => TryTakeAsync(once, place, countMax, context);
        Taken? taken = wait == TimeSpan.Zero
            ? await AttemptAsync()
            : await UntilDrainAsync(context, end => waiters.TakeAsync(place, wait, AttemptAsync, end));
        var response = new QueueGetResponse();
        if (taken is not null)
        {
            foreach (QueueItemRecord item in taken.Read ?? store.Read(read => QueueItemStore.Read(read, taken.Items)))
            {
                response.Values.Add(await ToBytesAsync(item, context.CancellationToken));
            }
        }

        return response;
    }

    /// <summary>Answers what comes behind the cursor, and leaves it where it is.</summary>
    public async Task<QueueNextItemsResponse> PeekAsync(QueueNextItemsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        PartitionAddress place = QueueWords.ToAddress(request.QueueId, request.PartitionKey);
        long from = EntryCursor.ReadNext(request.LastEntryId);
        TimeSpan wait = QueueWords.ToWait(request.ItemPollTimeout);
        Task<IReadOnlyList<QueueItemRecord>?> AttemptAsync()
        {
            IReadOnlyList<QueueItemRecord> found = store.Read(read =>
                QueueItemStore.Peek(read, caller, place, from, PeekCountMax, clock.GetUtcNow()));
            return Task.FromResult(found.Count > 0 ? found : null);
        }

        IReadOnlyList<QueueItemRecord>? items = wait == TimeSpan.Zero
            ? await AttemptAsync()
            : await UntilDrainAsync(context, end => waiters.WatchAsync(place, wait, AttemptAsync, end));
        var response = new QueueNextItemsResponse();
        foreach (QueueItemRecord item in items ?? [])
        {
            response.Items.Add(new QueueItem
            {
                EntryId = EntryCursor.ToText(item.Entry),
                Value = await ToBytesAsync(item, context.CancellationToken),
            });
        }

        return response;
    }

    private async Task<Taken?> TryTakeAsync(OnceOnly once, PartitionAddress place, int countMax, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        // Looking costs the writer nothing, and most of those who wait look in vain.
        bool mayTake = filled.MayHold(place) || store.Read(read =>
            once.IsRemembered(read) || QueueItemStore.Count(read, caller, place, clock.GetUtcNow()) > 0);
        if (!mayTake)
        {
            return null;
        }

        Taken? taken = await store.WriteAsync(
            write => once.Try(write, inner => QueueItemStore.Take(inner, caller, place, countMax)?.ToBytes()) is { } bytes
                ? Taken.Of(write, TakenItems.FromBytes(bytes))
                : null,
            context.CancellationToken);
        filled.Note(place, taken is not null);
        return taken;
    }

    private async Task<T?> UntilDrainAsync<T>(ServerCallContext context, Func<CancellationToken, Task<T?>> wait)
        where T : class
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        try
        {
            return await wait(end.Token);
        }
        catch (OperationCanceledException) when (drain.Token.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            // The client asks again, and finds the server that comes after this one.
            return null;
        }
    }

    private async ValueTask<ByteString> ToBytesAsync(QueueItemRecord item, CancellationToken cancellation) =>
        UnsafeByteOperations.UnsafeWrap(await values.ReadAsync(item.Value, cancellation));

    /// <summary>What was taken, with the items where they were read on the way.</summary>
    private sealed record Taken(TakenItems Items, IReadOnlyList<QueueItemRecord>? Read)
    {
        public static Taken Of(WriteTransaction write, TakenItems items) => new(items, QueueItemStore.ReadFew(write, items));
    }
}
