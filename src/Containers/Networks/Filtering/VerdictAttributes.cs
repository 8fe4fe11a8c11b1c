using Appliance.Containers.Networks.Netlink;
using static Appliance.Containers.Networks.Filtering.NfTablesProtocol;

namespace Appliance.Containers.Networks.Filtering;

/// <summary>Verdicts as attributes.</summary>
internal static class VerdictAttributes
{
    public static void PutVerdict(this NetlinkWriter writer, Verdict verdict)
    {
        using NetlinkWriter.Nest nest = writer.PutNest(DataVerdict);
        writer.PutBigEndian(VerdictCode, (uint)verdict.Code);
        if (verdict.Chain is { } chain)
        {
            writer.PutText(VerdictChain, chain);
        }
    }

    public static Verdict? FindVerdict(this NetlinkAttributes data)
    {
        NetlinkAttributes verdict = data.Nested(DataVerdict);
        return verdict.FindBigEndian(VerdictCode) is { } code ? new Verdict((int)code, verdict.FindText(VerdictChain)) : null;
    }
}
