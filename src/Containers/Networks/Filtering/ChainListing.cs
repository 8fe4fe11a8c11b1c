using Appliance.Containers.Networks.Netlink;
using static Appliance.Containers.Networks.Filtering.NfTablesProtocol;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>Chains of all tables, whoever made them.</summary>
internal static class ChainListing
{
    private const uint DropPolicy = 0;

    public static IReadOnlyList<ChainRecord> Read(NetlinkSocket socket) =>
    [
        .. from message in socket.Query("list chains", writer => writer.Begin(GetChain, NetlinkFlags.Dump).Extend(HeaderBytes)[0] = AllFamilies)
           let attributes = message.Attributes(HeaderBytes)
           let hook = attributes.Nested(ChainHook).FindBigEndian(HookNumber)
           select new ChainRecord(
               message.ReadFixed<byte>(0),
               attributes.FindText(ChainTable) ?? "",
               attributes.FindText(ChainName) ?? "",
               (int?)hook,
               hook is not null && attributes.FindBigEndian(ChainPolicy) == DropPolicy),
    ];
}
