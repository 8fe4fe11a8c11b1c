using Appliance.Contents.Values;
using Appliance.Core.Ids;
using Appliance.Dicts;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Values;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Dicts;

/// <summary>Dicts (contracts/modal.md §6).</summary>
public sealed class DictService(MetadataStore store, ValueStore values, DictUses uses, TimeProvider clock) : ModalClient.ModalClientBase
{
    private readonly DictWriter writer = new(store, values);
    private readonly DictStream stream = new(store, values, uses, clock);

    public override Task<DictGetOrCreateResponse> DictGetOrCreate(DictGetOrCreateRequest request, ServerCallContext context) =>
        writer.GetOrCreateAsync(request, context);

    public override Task<DictGetByIdResponse> DictGetById(DictGetByIdRequest request, ServerCallContext context)
    {
        ObjectRecord record = store.Read(read => ObjectDirectory.Get<DictId>(read, context.GetCaller(), request.DictId));
        return Task.FromResult(new DictGetByIdResponse { DictId = record.Id, Metadata = DictWords.ToMetadata(record) });
    }

    public override Task<DictListResponse> DictList(DictListRequest request, ServerCallContext context)
    {
        ObjectPage page = store.Read(read =>
            ObjectPage.Read<DictId>(read, context.GetCaller(), request.EnvironmentName, request.Pagination));
        var response = new DictListResponse { EnvironmentName = page.EnvironmentName };
        response.Dicts.AddRange(page.Objects.Select(record => new DictListResponse.Types.DictInfo
        {
            Name = record.Name,
            DictId = record.Id,
            CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
            Metadata = DictWords.ToMetadata(record),
        }));
        return Task.FromResult(response);
    }

    public override Task<Empty> DictDelete(DictDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Delete<DictId>(write, caller, request.DictId);
            return new Empty();
        });
    }

    public override async Task<Empty> DictHeartbeat(DictHeartbeatRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await store.WriteAsync(write => ObjectDirectory.Heartbeat<DictId>(write, caller, request.DictId), context.CancellationToken);
        return new Empty();
    }

    public override Task<DictUpdateResponse> DictUpdate(DictUpdateRequest request, ServerCallContext context) =>
        writer.UpdateAsync(request, context);

    public override async Task<DictGetResponse> DictGet(DictGetRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        ReadOnlyMemory<byte> key = DictWords.ToKey(request.Key);
        DateTimeOffset usedAfter = DictEntryStore.LiveSince(clock.GetUtcNow());
        (long generation, DictEntryRecord? found) = store.Read(read =>
        {
            long current = DictEntryStore.CurrentGeneration(read, caller, request.DictId);
            return (current, DictEntries.Find(read, current, key.Span, usedAfter));
        });
        if (found is not { } entry)
        {
            return new DictGetResponse();
        }

        uses.Add(generation, entry.UsedAt, key.Span);
        ReadOnlyMemory<byte> value = await values.ReadAsync(entry.Value, context.CancellationToken);
        return new DictGetResponse { Found = true, Value = UnsafeByteOperations.UnsafeWrap(value) };
    }

    public override Task<DictContainsResponse> DictContains(DictContainsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        ReadOnlyMemory<byte> key = DictWords.ToKey(request.Key);
        DateTimeOffset usedAfter = DictEntryStore.LiveSince(clock.GetUtcNow());
        (long generation, DateTimeOffset? usedAt) = store.Read(read =>
        {
            long current = DictEntryStore.CurrentGeneration(read, caller, request.DictId);
            return (current, DictEntries.FindUse(read, current, key.Span, usedAfter));
        });
        if (usedAt is { } time)
        {
            uses.Add(generation, time, key.Span);
        }

        return Task.FromResult(new DictContainsResponse { Found = usedAt is not null });
    }

    public override async Task<DictPopResponse> DictPop(DictPopRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        ReadOnlyMemory<byte> key = DictWords.ToKey(request.Key);
        OnceOnly once = OnceOnly.Of(context, request);
        byte[]? popped = await store.WriteAsync(
            write => once.Try(write, inner => DictEntryStore.Pop(inner, caller, request.DictId, key.Span) is { } value
                ? PopReceipt.ToBytes(value)
                : null),
            context.CancellationToken);
        if (popped is null)
        {
            return new DictPopResponse();
        }

        ReadOnlyMemory<byte> bytes = await values.ReadAsync(PopReceipt.FromBytes(popped), context.CancellationToken);
        return new DictPopResponse { Found = true, Value = UnsafeByteOperations.UnsafeWrap(bytes) };
    }

    public override Task<DictLenResponse> DictLen(DictLenRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        DateTimeOffset usedAfter = DictEntryStore.LiveSince(clock.GetUtcNow());
        long count = store.Read(read => DictEntries.Count(
            read, DictEntryStore.CurrentGeneration(read, caller, request.DictId), usedAfter, DictLimits.LengthMax));
        return Task.FromResult(new DictLenResponse { Len = (int)count });
    }

    public override Task<Empty> DictClear(DictClearRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            DictEntryStore.Clear(write, caller, request.DictId);
            return new Empty();
        });
    }

    public override Task DictContents(
        DictContentsRequest request, IServerStreamWriter<DictEntry> responseStream, ServerCallContext context) =>
        stream.WriteAsync(request, responseStream, context);
}
