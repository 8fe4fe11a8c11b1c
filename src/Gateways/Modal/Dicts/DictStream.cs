using Appliance.Contents.Values;
using Appliance.Dicts;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Dicts;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Dicts;

/// <summary>
/// Streams what a dict holds in the order of the keys, a page at a time: an entry that is there throughout comes exactly
/// once, and no more than a page is in memory. One that comes or goes meanwhile may or may not be among them.
/// </summary>
internal sealed class DictStream(MetadataStore store, ValueStore values, DictUses uses, TimeProvider clock)
{
    private const int EntriesPerPage = 256;
    private const long BytesPerPage = 1024 * 1024;

    public async Task WriteAsync(DictContentsRequest request, IServerStreamWriter<DictEntry> responses, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        long generation = store.Read(read => DictEntryStore.CurrentGeneration(read, caller, request.DictId));
        byte[]? last = null;
        while (true)
        {
            IReadOnlyList<DictEntryRecord> page = ReadPage(generation, last, request.Values);
            if (page.Count == 0)
            {
                return;
            }

            uses.Add(generation, page);
            foreach (DictEntryRecord entry in page)
            {
                await responses.WriteAsync(await ToEntryAsync(request, entry, context.CancellationToken), context.CancellationToken);
            }

            last = page[^1].Key;
        }
    }

    private IReadOnlyList<DictEntryRecord> ReadPage(long generation, byte[]? after, bool hasValues)
    {
        DateTimeOffset usedAfter = DictEntryStore.LiveSince(clock.GetUtcNow());
        return store.Read(read => hasValues
            ? DictEntries.List(read, generation, after, usedAfter, EntriesPerPage, BytesPerPage)
            : DictEntries.ListKeys(read, generation, after, usedAfter, EntriesPerPage));
    }

    private async ValueTask<DictEntry> ToEntryAsync(DictContentsRequest request, DictEntryRecord entry, CancellationToken cancellation)
    {
        // The client names the key of a value that it cannot read, so keys come with values, too.
        var answer = new DictEntry { Key = UnsafeByteOperations.UnsafeWrap(entry.Key) };
        if (request.Values)
        {
            answer.Value = UnsafeByteOperations.UnsafeWrap(await values.ReadAsync(entry.Value, cancellation));
        }

        return answer;
    }
}
