using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;
using Grpc.Core;
using Grpc.Net.Client;

namespace Appliance.Gateways.Modal.Probe;

/// <summary>Makes sandboxes as a Modal client does, to see what becomes of them.</summary>
public sealed class ModalSandboxProbe
{
    private const string AppName = "self-test";
    private const float WaitSeconds = 30;
    private const uint LifeSeconds = 60;

    private readonly ModalClient.ModalClientClient client;
    private readonly Grpc.Core.Metadata credentials;
    private readonly string appId;

    private ModalSandboxProbe(ModalClient.ModalClientClient client, Grpc.Core.Metadata credentials, string appId)
    {
        this.client = client;
        this.credentials = credentials;
        this.appId = appId;
    }

    public static async Task<ModalSandboxProbe> OpenAsync(
        GrpcChannel channel, string tokenId, string tokenSecret, CancellationToken cancellation)
    {
        var client = new ModalClient.ModalClientClient(channel);
        var credentials = new Grpc.Core.Metadata
        {
            { IdentityInterceptor.TokenIdHeader, tokenId },
            { IdentityInterceptor.TokenSecretHeader, tokenSecret },
        };
        AppGetOrCreateResponse app = await client.AppGetOrCreateAsync(
            new AppGetOrCreateRequest { AppName = AppName, ObjectCreationType = ObjectCreationType.CreateIfMissing },
            credentials,
            cancellationToken: cancellation);
        return new ModalSandboxProbe(client, credentials, app.AppId);
    }

    /// <returns>The volume's id.</returns>
    public async Task<string> CreateVolumeAsync(string name, CancellationToken cancellation)
    {
        var request = new VolumeGetOrCreateRequest { DeploymentName = name, ObjectCreationType = ObjectCreationType.CreateFailIfExists };
        return (await client.VolumeGetOrCreateAsync(request, credentials, cancellationToken: cancellation)).VolumeId;
    }

    public async Task<ProbedSandbox> StartAsync(WantedSandbox wanted, CancellationToken cancellation)
    {
        var definition = new Sandbox { ImageId = wanted.ImageId, EntrypointArgs = { wanted.Arguments }, TimeoutSecs = LifeSeconds };
        if (wanted.MemoryMegabytes is { } memory)
        {
            definition.Resources = new Resources { MemoryMb = memory, MemoryMbMax = memory };
        }

        if (wanted.VolumeId is { } volume)
        {
            definition.VolumeMounts.Add(new VolumeMount { VolumeId = volume, MountPath = wanted.VolumePath, AllowBackgroundCommits = true });
        }

        SandboxCreateV2Response created = await client.SandboxCreateV2Async(
            new SandboxCreateV2Request { AppId = appId, Definition = definition }, credentials, cancellationToken: cancellation);
        return new ProbedSandbox(created.SandboxId, created.TaskId, created.CommandRouterAccess.Jwt);
    }

    /// <summary>Waits for the end of a sandbox.</summary>
    /// <returns>Null when it goes on.</returns>
    public async Task<ProbedEnd?> WaitAsync(ProbedSandbox sandbox, CancellationToken cancellation, float seconds = WaitSeconds)
    {
        SandboxWaitResponse answer = await client.SandboxWaitV2Async(
            new SandboxWaitRequest { SandboxId = sandbox.SandboxId, Timeout = seconds }, credentials, cancellationToken: cancellation);
        return answer.Result is { } result
            ? new ProbedEnd(result.Status == GenericResult.Types.GenericStatus.Success, result.Exitcode, result.Exception)
            : null;
    }
}

/// <summary>What a sandbox is to be.</summary>
public sealed record WantedSandbox(string ImageId, IReadOnlyList<string> Arguments)
{
    /// <summary>The most it may use.</summary>
    public uint? MemoryMegabytes { get; init; }

    public string? VolumeId { get; init; }

    /// <summary>Where the volume shows.</summary>
    public string VolumePath { get; init; } = "";
}

/// <summary>A sandbox, with what it takes to run commands in it.</summary>
public sealed record ProbedSandbox(string SandboxId, string TaskId, string TaskToken);

/// <summary>How a sandbox ended.</summary>
public sealed record ProbedEnd(bool Succeeded, int ExitCode, string Message);
