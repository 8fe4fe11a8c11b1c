using Appliance.Core.Errors;

namespace Appliance.Containers.Specs;

/// <summary>Says in OCI's words which programs run while a container is made.</summary>
internal static class HookList
{
    private static readonly string[] Stages = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    /// <summary>Null for none.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: a stage that no runtime knows; leaving the program out could break the container.</exception>
    public static OciHooks? For(IReadOnlyList<ContainerHook> hooks)
    {
        if (hooks.Count == 0)
        {
            return null;
        }

        if (hooks.FirstOrDefault(hook => Array.IndexOf(Stages, hook.Stage) < 0) is { } strange)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{strange.Path}' is to run at '{strange.Stage}', which is no stage of a container's life.");
        }

        return new OciHooks(
            At(hooks, "prestart"), At(hooks, "createRuntime"), At(hooks, "createContainer"), At(hooks, "startContainer"), At(hooks, "poststart"), At(hooks, "poststop"));
    }

    private static IReadOnlyList<OciHook>? At(IReadOnlyList<ContainerHook> hooks, string stage)
    {
        OciHook[] found = [.. hooks.Where(hook => hook.Stage == stage).Select(hook => new OciHook(hook.Path, hook.Arguments, hook.Environment))];
        return found.Length == 0 ? null : found;
    }
}
