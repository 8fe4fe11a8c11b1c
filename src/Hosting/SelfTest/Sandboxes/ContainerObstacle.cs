using Appliance.Containers.Shims;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>Why no container can be tried here.</summary>
internal static class ContainerObstacle
{
    public static string? Find() => Environment.IsPrivilegedProcess
        ? ShimPrograms.FindObstacle()
        : "Containers need root: run 'sudo appliance self-test'.";
}
