using Appliance.Core.Errors;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>
/// Where code was asked to run. Everything runs on this machine, so a cloud or a region that exists is taken and does not
/// matter; one that does not is a mistake that would show itself elsewhere.
/// </summary>
internal static class PlacementWords
{
    private static readonly HashSet<string> Clouds = new(StringComparer.OrdinalIgnoreCase) { "", "auto", "aws", "gcp", "oci", "azure", "local" };

    // A region's name begins with its part of the world.
    private static readonly HashSet<string> Places = new(StringComparer.OrdinalIgnoreCase)
    {
        "us", "eu", "ap", "uk", "ca", "me", "sa", "af", "mx", "jp", "au", "in", "il", "br", "na", "asia", "europe", "africa", "australia",
        "northamerica", "southamerica", "local",
    };

    /// <exception cref="ApplianceException">InvalidArgument: there is no such cloud or region.</exception>
    public static void Check(string cloud, SchedulerPlacement? placement)
    {
        if (!Clouds.Contains(cloud))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Invalid cloud '{cloud}': leave it out, everything runs on this machine.");
        }

        foreach (string region in placement?.Regions ?? [])
        {
            if (!Places.Contains(region.Split('-')[0]))
            {
                throw new ApplianceException(ErrorKind.InvalidArgument, $"Invalid region '{region}': leave it out, everything runs on this machine.");
            }
        }
    }
}
