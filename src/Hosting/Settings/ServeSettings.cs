using Appliance.Engine.Removal;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Settings;

/// <summary>What the operator wrote, checked. Nothing reads raw settings after this is made.</summary>
public sealed record ServeSettings
{
    /// <summary>Absolute path of the data directory.</summary>
    public required string DataDirectory { get; init; }

    public required ListenAddress Grpc { get; init; }

    public required ListenAddress Http { get; init; }

    /// <summary>Each for one web function, on the address of <see cref="Http"/>; null for none.</summary>
    public PortRange? WebPorts { get; init; }

    /// <summary>TLS on loopback, too.</summary>
    public required bool IsTlsForced { get; init; }

    /// <summary>The operator's own certificate; null for one of the appliance's own authority.</summary>
    public CertificateFiles? Certificate { get; init; }

    public required IReadOnlyList<string> TlsNames { get; init; }

    public required string WorkspaceName { get; init; }

    /// <summary>Whether containers end with the server.</summary>
    public required bool StopsContainers { get; init; }

    /// <summary>In MiB, for all containers together; null for what the machine can spare.</summary>
    public int? ContainerMemoryMiB { get; init; }

    /// <summary>How many times each core is promised.</summary>
    public required int CpuOvercommit { get; init; }

    /// <summary>Of each output of a container, in MiB.</summary>
    public required int LogLimitMiB { get; init; }

    public required RetentionRules Retention { get; init; }

    /// <summary>The index for packages that are not here; null for none.</summary>
    public Uri? PublicIndex { get; init; }

    public required LogFormat LogFormat { get; init; }

    public required LogLevel LogLevel { get; init; }

    public bool UsesTls(ListenAddress address) => IsTlsForced || !address.IsLoopback;
}

/// <summary>PEM files of a certificate chain and its key.</summary>
public sealed record CertificateFiles(string ChainPath, string KeyPath);

/// <summary>Form of the server log.</summary>
public enum LogFormat
{
    Human,
    Json,
}
