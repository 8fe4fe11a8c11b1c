using Appliance.Contents.Values;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Dicts;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Values;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Dicts;

/// <summary>The calls that bring entries: updates, and dicts that are made with entries in them.</summary>
internal sealed class DictWriter(MetadataStore store, ValueStore values)
{
    // About three milliseconds of the shared writer's time.
    private const int EntriesPerWrite = 1_000;

    public async Task<DictGetOrCreateResponse> GetOrCreateAsync(DictGetOrCreateRequest request, ServerCallContext context)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> keys = ReadKeys(request.Data);
        using ValueSet set = await values.PrepareAsync([.. request.Data.Select(entry => entry.Value.Memory)], context.CancellationToken);
        return await store.GetOrCreateAsync<DictId, DictGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.DeploymentName, request.EnvironmentName, request.ObjectCreationType),
            (write, record) =>
            {
                DictGenerations.Add(write, record.Id);
                long generation = DictEntryStore.CurrentGeneration(write, context.GetCaller(), record.Id);
                Put(write, generation, keys, set.Values, 0, keys.Count);
            },
            (_, record) => new DictGetOrCreateResponse { DictId = record.Id, Metadata = DictWords.ToMetadata(record) });
    }

    /// <summary>
    /// Writes all entries. Very many take several transactions, so that others need not wait for the last of them: a crash
    /// in between leaves some, and the client, which has no answer, repeats them all.
    /// </summary>
    public async Task<DictUpdateResponse> UpdateAsync(DictUpdateRequest request, ServerCallContext context)
    {
        if (request.IfNotExists && request.Updates.Count != 1)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"if_not_exists goes with exactly one entry, since its answer is about one; there are {request.Updates.Count}.");
        }

        Caller caller = context.GetCaller();
        IReadOnlyList<ReadOnlyMemory<byte>> keys = ReadKeys(request.Updates);
        using ValueSet set = await values.PrepareAsync([.. request.Updates.Select(entry => entry.Value.Memory)], context.CancellationToken);
        int first = 0;
        for (; keys.Count - first > EntriesPerWrite; first += EntriesPerWrite)
        {
            int start = first;
            await store.WriteAsync(
                write => Put(write, DictEntryStore.CurrentGeneration(write, caller, request.DictId), keys, set.Values, start, start + EntriesPerWrite),
                context.CancellationToken);
        }

        return await store.WriteOnceAsync(context, request, write =>
        {
            long generation = DictEntryStore.CurrentGeneration(write, caller, request.DictId);
            if (request.IfNotExists)
            {
                return new DictUpdateResponse { Created = DictEntryStore.TryAdd(write, generation, keys[0].Span, set.Values[0]) };
            }

            Put(write, generation, keys, set.Values, first, keys.Count);
            return new DictUpdateResponse { Created = true };
        });
    }

    private static void Put(
        WriteTransaction write, long generation, IReadOnlyList<ReadOnlyMemory<byte>> keys, IReadOnlyList<StoredValue> set, int first, int end)
    {
        for (int index = first; index < end; index++)
        {
            DictEntryStore.Put(write, generation, keys[index].Span, set[index]);
        }
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> ReadKeys(IReadOnlyList<DictEntry> entries) =>
        [.. entries.Select(entry => DictWords.ToKey(entry.Key))];
}
