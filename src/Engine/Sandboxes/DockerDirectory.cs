using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;

namespace Appliance.Engine.Sandboxes;

/// <summary>
/// The directory of a container engine that runs inside of a sandbox (contracts/sandbox.md §2, the option
/// "enable_docker"): a plain one, since the sandbox's own root is an overlay, on which such engines cannot lay another.
/// </summary>
internal static class DockerDirectory
{
    private const string Option = "enable_docker";
    private const string MountPath = "/var/lib/docker";

    public static IEnumerable<ContainerMount> Of(SandboxDefinition definition, TaskDirectory task)
    {
        if (definition.Options.GetValueOrDefault(Option) is not "true")
        {
            return [];
        }

        string path = Path.Combine(task.Scratch, "docker");
        Directory.CreateDirectory(path);
        return [new ContainerMount(path, MountPath, IsReadOnly: false)];
    }
}
