using Appliance.Containers.Specs;
using Appliance.Gpus;

namespace Appliance.Engine.Gpus;

/// <summary>Puts leased GPUs into a container that is to be made.</summary>
internal static class GpuOutfit
{
    private const string LibraryPath = "LD_LIBRARY_PATH";

    public static ContainerSpec Fit(ContainerSpec spec, GpuAttachment? gpus) => gpus is null ? spec : spec with
    {
        Devices = [.. spec.Devices, .. gpus.Nodes.Select(node => new ContainerDevice(node.Path, IsBlock: false, node.Major, node.Minor))],
        Mounts = [.. spec.Mounts, .. gpus.Files.Select(file => new ContainerMount(file.Source, file.Target, IsReadOnly: true))],
        Hooks = [.. spec.Hooks, .. gpus.Hooks.Select(hook => new ContainerHook(hook.Stage, hook.Path, hook.Arguments, hook.Variables))],

        // The driver's libraries make nodes for all cards of the machine where they may, although nobody could open them.
        Process = spec.Process with { Environment = WithVariables(spec.Process.Environment, gpus), CanMakeNodes = false },
    };

    /// <summary>What is said of the devices is the truth, so it replaces what images and secrets say.</summary>
    private static IReadOnlyList<string> WithVariables(IReadOnlyList<string> given, GpuAttachment gpus)
    {
        string[] added = [.. gpus.Variables];
        if (gpus.LibraryDirectory is { } directory)
        {
            string before = ValueOf(given, LibraryPath);
            added = [.. added, before.Length == 0 ? $"{LibraryPath}={directory}" : $"{LibraryPath}={directory}:{before}"];
        }

        return [.. given.Where(variable => !Array.Exists(added, other => NameOf(other) == NameOf(variable))), .. added];
    }

    private static string ValueOf(IReadOnlyList<string> variables, string name)
    {
        string? last = variables.LastOrDefault(variable => NameOf(variable) == name);
        return last is null ? "" : last[(name.Length + 1)..];
    }

    private static string NameOf(string variable) => variable.Split('=', 2)[0];
}
