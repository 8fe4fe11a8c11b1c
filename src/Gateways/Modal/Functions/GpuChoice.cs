using Appliance.Core.Errors;
using Appliance.Engine.Resources;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Of a function that would take one of several kinds of GPU (contracts/modal.md §8): the first that this machine has.</summary>
internal static class GpuChoice
{
    /// <summary>Puts the one that the machine has first in the request.</summary>
    /// <exception cref="ApplianceException">InvalidArgument, FailedPrecondition: it has none of them; the text is of the first.</exception>
    public static async Task SettleAsync(FunctionCreateRequest request, TaskResources resources)
    {
        if (request.FunctionData is not { RankedFunctions.Count: > 0 } data)
        {
            await CheckAsync(FunctionWords.Concrete(request), resources);
            return;
        }

        FunctionData.Types.RankedFunction[] ranked = [.. data.RankedFunctions.OrderBy(each => each.Rank)];
        ApplianceException? first = null;
        foreach (FunctionData.Types.RankedFunction each in ranked)
        {
            try
            {
                await CheckAsync(each.Function, resources);
                PutFirst(ranked, each);
                return;
            }
            catch (ApplianceException refusal)
            {
                first ??= refusal;
            }
        }

        throw first!;
    }

    private static Task CheckAsync(Function asked, TaskResources resources) =>
        resources.CheckAsync(ResourceWords.ToNeutral(asked.Resources), (int)Math.Clamp(asked.ExperimentalGroupSize, 1, FunctionWords.ClusterMax));

    private static void PutFirst(FunctionData.Types.RankedFunction[] ranked, FunctionData.Types.RankedFunction chosen)
    {
        chosen.Rank = 0;
        uint rank = 1;
        foreach (FunctionData.Types.RankedFunction other in ranked.Where(each => each != chosen))
        {
            other.Rank = rank++;
        }
    }
}
