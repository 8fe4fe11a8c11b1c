using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Sidecars;

/// <summary>What a container beside a sandbox's main one can never be.</summary>
internal static class SidecarChecks
{
    private const string MainName = "main";

    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static void Check(LiveSandbox sandbox, SidecarRequest request)
    {
        SandboxDirectory.CheckName(request.Name);
        if (request.Name == MainName)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{MainName}' is the name of the sandbox's first container.");
        }

        if (request.Definition.WorkingDirectory is { } directory && !directory.StartsWith('/'))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A container's working directory must be absolute; '{directory}' is not.");
        }

        if (request.Network is { } network && network.Kind != SandboxNetworkKind.Open && !IsSame(network, sandbox.Definition.Network))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, "A sidecar shares its sandbox's network here, so it cannot be limited otherwise: limit the sandbox.");
        }
    }

    private static bool IsSame(SandboxNetwork one, SandboxNetwork other) =>
        one.Kind == other.Kind && one.Cidrs.Order().SequenceEqual(other.Cidrs.Order()) && one.Domains.Order().SequenceEqual(other.Domains.Order());
}
