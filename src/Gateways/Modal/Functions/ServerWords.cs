using System.Net;
using Appliance.Core.Errors;
using Appliance.Engine.Functions;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Functions whose containers serve a port, in this protocol's words and in neutral ones.</summary>
internal static class ServerWords
{
    private const string FlashOption = "flash";
    private const int GraceMax = 3600;

    public static bool IsServer(Function asked) => asked.HttpConfig is not null || asked.IsServer || IsFlash(asked);

    /// <summary>Whether callers need a token: servers say so themselves, others have no word for it.</summary>
    public static bool NeedsToken(Function asked) => asked.IsServer && asked.HttpConfig is { Unauthenticated: false };

    /// <summary>Null for a function that serves no port.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: its port or its times cannot be.</exception>
    public static FunctionServer? ToNeutral(Function asked)
    {
        if (!IsServer(asked))
        {
            return null;
        }

        if (asked.HttpConfig is not { } config)
        {
            return asked.IsServer
                ? throw new ApplianceException(ErrorKind.InvalidArgument, $"Server '{asked.FunctionName}' says nothing of its port: http_config is missing.")
                : new FunctionServer(null, AsksForInputs: true, IsHttp2: false, GraceSeconds: 0);
        }

        if (config.Port is 0 or > IPEndPoint.MaxPort)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Server '{asked.FunctionName}' serves port {config.Port}: ports are 1 to {IPEndPoint.MaxPort}.");
        }

        if (config.ExitGracePeriod > GraceMax)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Server '{asked.FunctionName}' asks for an exit_grace_period of {config.ExitGracePeriod} s; the most is {GraceMax} s.");
        }

        return new FunctionServer((int)config.Port, !asked.IsServer, config.H2Enabled, (int)config.ExitGracePeriod);
    }

    /// <summary>What a container is meant for at once; null where other words of the function say it.</summary>
    public static double? TargetOf(Function asked) => asked switch
    {
        { IsServer: false } => null,
        { HttpConfig.TargetConcurrency: > 0 and var target } => target,
        _ => FunctionServer.DefaultTarget,
    };

    private static bool IsFlash(Function asked) =>
        asked.ExperimentalOptions.TryGetValue(FlashOption, out string? value) && value is "1" or "true" or "True";
}
