using Appliance.Engine;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Calls;

/// <summary>What the control plane and the command router both say of containers, in their words and in neutral ones.</summary>
internal static class ContainerWords
{
    public static IEnumerable<VariableSource> ToVariables(StringMap? map) =>
        map is { Contents.Count: > 0 } ? [VariableSource.Of(map.Contents)] : [];

    public static IEnumerable<VariableSource> ToVariables(IEnumerable<SecretSource> sources) => sources.SelectMany(source =>
        source.SourceCase == SecretSource.SourceOneofCase.SecretId ? [VariableSource.OfSecret(source.SecretId)] : ToVariables(source.Env));

    public static SandboxNetwork ToNetwork(NetworkAccess access) => new(
        access.NetworkAccessType switch
        {
            NetworkAccess.Types.NetworkAccessType.Blocked => SandboxNetworkKind.Blocked,
            NetworkAccess.Types.NetworkAccessType.Allowlist => SandboxNetworkKind.Allowlist,
            _ => SandboxNetworkKind.Open,
        },
        [.. access.AllowedCidrs],
        [.. access.AllowedDomains]);

    /// <summary>Clients show 124 for a timeout and 137 for a termination whatever the code is; else the code.</summary>
    public static GenericResult ToResult(SandboxResult result) => new()
    {
        Status = result.Ending switch
        {
            SandboxEnding.Success => GenericResult.Types.GenericStatus.Success,
            SandboxEnding.Failure or SandboxEnding.OutOfMemory => GenericResult.Types.GenericStatus.Failure,
            SandboxEnding.Terminated => GenericResult.Types.GenericStatus.Terminated,
            SandboxEnding.Timeout => GenericResult.Types.GenericStatus.Timeout,
            SandboxEnding.StartFailure => GenericResult.Types.GenericStatus.InitFailure,
            SandboxEnding.IdleTimeout => GenericResult.Types.GenericStatus.IdleTimeout,
            SandboxEnding.Lost => GenericResult.Types.GenericStatus.InternalFailure,
            _ => throw new InvalidOperationException($"{result.Ending} has no status."),
        },
        Exitcode = result.ExitCode,
        Exception = result.Message,
    };
}
