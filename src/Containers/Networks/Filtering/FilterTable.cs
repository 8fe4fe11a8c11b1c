using Appliance.Containers.Networks.Netlink;
using Appliance.Native.Networks;
using static Appliance.Containers.Networks.Filtering.NfTablesProtocol;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>A table of nf_tables that nobody else writes to, in the network namespace in which it was opened.</summary>
internal sealed class FilterTable(string name) : IDisposable
{
    private readonly NetlinkSocket socket = new(NetlinkProtocol.Netfilter);

    public string Name { get; } = name;

    /// <summary>Makes changes in one step.</summary>
    /// <param name="what">What they are for, in the error's text.</param>
    /// <exception cref="NetlinkException">One is refused, and so all are.</exception>
    public void Commit(string what, Action<FilterBatch> write) => socket.ExecuteBatch(what, writer =>
    {
        var batch = new FilterBatch(writer, Name);
        batch.Begin();
        write(batch);
        batch.End();
    });

    public bool Exists()
    {
        try
        {
            return socket.Query($"find table '{Name}'", writer =>
            {
                writer.Begin(GetTable, NetlinkFlags.Acknowledge).Extend(HeaderBytes)[0] = InetFamily;
                writer.PutText(TableName, Name);
            }).Count > 0;
        }
        catch (NetlinkException failure) when (failure.HResult == NetlinkException.NotFound)
        {
            return false;
        }
    }

    /// <summary>Removes the table and everything in it.</summary>
    public void Remove()
    {
        if (Exists())
        {
            Commit($"remove table '{Name}'", batch => batch.RemoveTable());
        }
    }

    public IReadOnlyList<string> ListChains() =>
        [.. from chain in ChainListing.Read(socket) where chain.Table == Name && chain.Family == InetFamily select chain.Name];

    public IReadOnlyList<string> ListSets() =>
    [
        .. from message in socket.Query($"list sets of '{Name}'", writer =>
           {
               writer.Begin(GetSet, NetlinkFlags.Dump).Extend(HeaderBytes)[0] = InetFamily;
               writer.PutText(SetTable, Name);
           })
           let attributes = message.Attributes(HeaderBytes)
           where attributes.FindText(SetTable) == Name
           select attributes.FindText(SetName) ?? "",
    ];

    /// <summary>A set's elements, with the time that is left of those that go by themselves.</summary>
    public IReadOnlyList<SetElement> ListElements(string set) =>
    [
        .. from message in socket.Query($"list set '{set}' of '{Name}'", writer =>
           {
               writer.Begin(GetElement, NetlinkFlags.Dump).Extend(HeaderBytes)[0] = InetFamily;
               writer.PutText(ElementsTable, Name).PutText(ElementsSet, set);
           })
           from entry in message.Attributes(HeaderBytes).Nested(ElementsList).All()
           select ToElement(new NetlinkAttributes(entry.Value)),
    ];

    public void Dispose() => socket.Dispose();

    private static SetElement ToElement(NetlinkAttributes element) =>
        new(element.Nested(ElementKey).Find(DataValue) ?? ReadOnlyMemory<byte>.Empty)
        {
            Verdict = element.Nested(ElementData).FindVerdict(),
            Timeout = element.FindBigEndian64(ElementExpiration) is { } left ? TimeSpan.FromMilliseconds(left) : null,
            Comment = element.Find(ElementUserData) is { } data ? ElementComment.Decode(data.Span) : null,
            EndsInterval = element.FindBigEndian(ElementFlags) == ElementEndsInterval,
        };
}
