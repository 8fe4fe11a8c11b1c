using System.Buffers.Binary;
using System.Text;
using Appliance.Containers.Networks.Netlink;
using static Appliance.Containers.Networks.Filtering.NfTablesProtocol;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>Changes of one table that take effect together or not at all, in the order in which they are written.</summary>
internal sealed class FilterBatch(NetlinkWriter writer, string table)
{
    private uint nextSetId = 1;

    public void Begin() => WriteMark(BatchBegin);

    public void End()
    {
        writer.AcknowledgeMessage();
        WriteMark(BatchEnd);
    }

    /// <summary>There may be one already.</summary>
    public void AddTable() => BeginMessage(NewTable, NetlinkFlags.Create).PutText(TableName, table);

    /// <summary>With everything in it.</summary>
    public void RemoveTable() => BeginMessage(DeleteTable).PutText(TableName, table);

    /// <summary>A chain that only rules of this table lead to. There may be one already.</summary>
    public void AddChain(string chain) => BeginMessage(NewChain, NetlinkFlags.Create).PutText(ChainTable, table).PutText(ChainName, chain);

    /// <summary>A chain that the kernel asks. There may be one already.</summary>
    /// <param name="type">"filter" or "nat".</param>
    /// <param name="priority">Lower ones are asked first.</param>
    public void AddChain(string chain, string type, NetfilterHook hook, int priority)
    {
        AddChain(chain);
        writer.PutText(ChainType, type);
        using (writer.PutNest(ChainHook))
        {
            writer.PutBigEndian(HookNumber, (uint)hook).PutBigEndian(HookPriority, (uint)priority);
        }
    }

    /// <summary>A chain that drops what no rule of it lets through.</summary>
    public void AddDroppingChain(string chain, NetfilterHook hook)
    {
        AddChain(chain, "filter", hook, priority: 0);
        writer.PutBigEndian(ChainPolicy, 0u);
    }

    /// <summary>Takes all rules out of a chain.</summary>
    public void ClearChain(string chain) => BeginMessage(DeleteRule).PutText(RuleTable, table).PutText(RuleChain, chain);

    public void RemoveChain(string chain)
    {
        ClearChain(chain);
        BeginMessage(DeleteChain).PutText(ChainTable, table).PutText(ChainName, chain);
    }

    public void AddRule(string chain, Action<RuleWriter> write)
    {
        BeginMessage(NewRule, NetlinkFlags.Create | NetlinkFlags.Append).PutText(RuleTable, table).PutText(RuleChain, chain);
        using (writer.PutNest(RuleExpressions))
        {
            write(new RuleWriter(writer));
        }
    }

    /// <summary>There may be one already, if it is of the same kind.</summary>
    public void AddSet(SetDefinition set)
    {
        BeginMessage(NewSet, NetlinkFlags.Create).PutText(SetTable, table).PutText(SetName, set.Name)
            .PutBigEndian(SetFlagBits, (uint)set.Flags).PutBigEndian(SetKeyType, set.KeyType)
            .PutBigEndian(SetKeyBytes, (uint)set.KeyBytes).PutBigEndian(SetId, nextSetId++);
        if (set.Flags.HasFlag(SetFlags.Map))
        {
            writer.PutBigEndian(SetDataType, VerdictDataType).PutBigEndian(SetDataBytes, 0u);
        }
    }

    /// <summary>No rule may use it any more.</summary>
    public void RemoveSet(string set) => BeginMessage(DeleteSet).PutText(SetTable, table).PutText(SetName, set);

    /// <summary>Those that are there already stay as they are.</summary>
    public void AddElements(string set, IReadOnlyList<SetElement> elements) => WriteElements(NewElement, NetlinkFlags.Create, set, elements);

    /// <summary>Takes all values out of a set.</summary>
    public void ClearSet(string set) => BeginMessage(DeleteElement).PutText(ElementsTable, table).PutText(ElementsSet, set);

    /// <summary>All of them must be there.</summary>
    public void RemoveElements(string set, IReadOnlyList<SetElement> elements) => WriteElements(DeleteElement, NetlinkFlags.None, set, elements);

    // An attribute holds 64 KiB at most, and long lists of addresses need more.
    private void WriteElements(ushort type, NetlinkFlags flags, string set, IReadOnlyList<SetElement> elements)
    {
        const int elementsOfMessageMax = 250;
        foreach (SetElement[] part in elements.Chunk(elementsOfMessageMax))
        {
            BeginMessage(type, flags).PutText(ElementsTable, table).PutText(ElementsSet, set);
            using NetlinkWriter.Nest list = writer.PutNest(ElementsList);
            foreach (SetElement element in part)
            {
                using NetlinkWriter.Nest entry = writer.PutNest(ListEntry);
                WriteElement(element);
            }
        }
    }

    private void WriteElement(SetElement element)
    {
        using (writer.PutNest(ElementKey))
        {
            writer.Put(DataValue, element.Key.Span);
        }

        if (element.EndsInterval)
        {
            writer.PutBigEndian(ElementFlags, ElementEndsInterval);
        }

        if (element.Timeout is { } timeout)
        {
            writer.PutBigEndian(ElementTimeout, (ulong)timeout.TotalMilliseconds);
        }

        if (element.Verdict is { } verdict)
        {
            using (writer.PutNest(ElementData))
            {
                writer.PutVerdict(verdict);
            }
        }

        if (element.Comment is { } comment)
        {
            writer.Put(ElementUserData, ElementComment.Encode(comment));
        }
    }

    private NetlinkWriter BeginMessage(ushort type, NetlinkFlags flags = NetlinkFlags.None)
    {
        writer.Begin(type, flags).Extend(HeaderBytes)[0] = InetFamily;
        return writer;
    }

    private void WriteMark(ushort type) =>
        BinaryPrimitives.WriteUInt16BigEndian(writer.Begin(type, NetlinkFlags.None).Extend(HeaderBytes)[2..], BatchSubsystem);
}
