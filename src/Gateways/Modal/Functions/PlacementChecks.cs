using Appliance.Gateways.Modal.Sandboxes;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Where a function is to run: everywhere is here, unless a cloud or region is named that does not exist.</summary>
internal static class PlacementChecks
{
    public static void Check(Function asked) => PlacementWords.Check(asked.CloudProviderStr, asked.SchedulerPlacement);
}
