using Appliance.Containers.Shims;
using Appliance.Core.Errors;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>Why no container can be tried here.</summary>
internal static class ContainerObstacle
{
    public static string? Find()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "Containers need root: run 'sudo appliance self-test'.";
        }

        try
        {
            ShimPrograms.Locate();
            return null;
        }
        catch (ApplianceException lack)
        {
            return lack.Message;
        }
    }
}
