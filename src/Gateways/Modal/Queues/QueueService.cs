using Appliance.Contents.Values;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Queues;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Appliance.Queues;
using Appliance.Queues.Waiting;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Queues;

/// <summary>Queues (contracts/modal.md §6).</summary>
public sealed class QueueService(
    MetadataStore store, ValueStore values, QueueWaiters waiters, DrainSignal drain, TimeProvider clock) : ModalClient.ModalClientBase
{
    private readonly QueueReader reader = new(store, values, waiters, drain, clock);

    public override Task<QueueGetOrCreateResponse> QueueGetOrCreate(QueueGetOrCreateRequest request, ServerCallContext context) =>
        store.GetOrCreateAsync<QueueId, QueueGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.DeploymentName, request.EnvironmentName, request.ObjectCreationType),
            (write, record) => QueueGenerations.Add(write, record.Id),
            (_, record) => new QueueGetOrCreateResponse { QueueId = record.Id, Metadata = QueueWords.ToMetadata(record) });

    public override Task<QueueGetByIdResponse> QueueGetById(QueueGetByIdRequest request, ServerCallContext context)
    {
        ObjectRecord record = store.Read(read => ObjectDirectory.Get<QueueId>(read, context.GetCaller(), request.QueueId));
        return Task.FromResult(new QueueGetByIdResponse { QueueId = record.Id, Metadata = QueueWords.ToMetadata(record) });
    }

    public override Task<QueueListResponse> QueueList(QueueListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        DateTimeOffset now = clock.GetUtcNow();
        return Task.FromResult(store.Read(read =>
        {
            ObjectPage page = ObjectPage.Read<QueueId>(read, caller, request.EnvironmentName, request.Pagination);
            var response = new QueueListResponse { EnvironmentName = page.EnvironmentName };
            foreach (ObjectRecord record in page.Objects)
            {
                (long partitions, long items) = QueueItemStore.Measure(read, caller, record.Id, now);
                // Clients show what exceeds their limit as "more than" it.
                long itemsMax = request.TotalSizeLimit > 0 ? request.TotalSizeLimit + 1L : int.MaxValue;
                response.Queues.Add(new QueueListResponse.Types.QueueInfo
                {
                    Name = record.Name,
                    QueueId = record.Id,
                    CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
                    NumPartitions = (int)partitions,
                    TotalSize = (int)Math.Min(Math.Min(items, itemsMax), int.MaxValue),
                    Metadata = QueueWords.ToMetadata(record),
                });
            }

            return response;
        }));
    }

    public override async Task<Empty> QueueDelete(QueueDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        Empty response = await store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Delete<QueueId>(write, caller, request.QueueId);
            return new Empty();
        });
        waiters.SignalAll(request.QueueId);
        return response;
    }

    public override async Task<Empty> QueueHeartbeat(QueueHeartbeatRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await store.WriteAsync(write => ObjectDirectory.Heartbeat<QueueId>(write, caller, request.QueueId), context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> QueuePut(QueuePutRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        PartitionAddress place = QueueWords.ToAddress(request.QueueId, request.PartitionKey);
        TimeSpan life = QueueWords.ToLife(request);
        using ValueSet items = await values.PrepareAsync(QueueWords.ToValues(request), context.CancellationToken);
        Empty response = await store.WriteOnceAsync(context, request, write =>
        {
            QueueItemStore.Put(write, caller, place, items.Values, life);
            return new Empty();
        });
        waiters.Signal(place, request.Values.Count);
        return response;
    }

    public override Task<QueueGetResponse> QueueGet(QueueGetRequest request, ServerCallContext context) => reader.GetAsync(request, context);

    public override Task<QueueNextItemsResponse> QueueNextItems(QueueNextItemsRequest request, ServerCallContext context) =>
        reader.PeekAsync(request, context);

    public override Task<QueueLenResponse> QueueLen(QueueLenRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        PartitionAddress place = QueueWords.ToAddress(request.QueueId, request.PartitionKey);
        DateTimeOffset now = clock.GetUtcNow();
        long count = store.Read(read => request.Total
            ? QueueItemStore.CountAll(read, caller, request.QueueId, now)
            : QueueItemStore.Count(read, caller, place, now));
        return Task.FromResult(new QueueLenResponse { Len = (int)Math.Min(count, int.MaxValue) });
    }

    public override Task<Empty> QueueClear(QueueClearRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        PartitionAddress place = QueueWords.ToAddress(request.QueueId, request.PartitionKey);
        return store.WriteOnceAsync(context, request, write =>
        {
            if (request.AllPartitions)
            {
                QueueItemStore.ClearAll(write, caller, request.QueueId);
            }
            else
            {
                QueueItemStore.Clear(write, caller, place);
            }

            return new Empty();
        });
    }
}
