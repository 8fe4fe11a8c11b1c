using Appliance.Gpus;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;
using Grpc.Core;

namespace Appliance.Tests.Engine.Volumes;

/// <summary>Volumes where something else than a sandbox's main container has them.</summary>
public sealed class FurtherVolumeTests : IAsyncLifetime
{
    private InProcessServer server = null!;
    private string volume = "";

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(new GpuMachine());
            var wanted = new VolumeGetOrCreateRequest { DeploymentName = "shared", ObjectCreationType = ObjectCreationType.CreateIfMissing };
            volume = (await server.Client.VolumeGetOrCreateAsync(wanted, server.Credentials)).VolumeId;
        }
    }

    public Task DisposeAsync() => (server?.DisposeAsync() ?? ValueTask.CompletedTask).AsTask();

    [RootFact]
    public async Task ABuild_ReadsAndWritesVolumes_AndTheImageShowsNothingOfThem()
    {
        var image = new Image
        {
            DockerfileCommands = { "FROM busybox:test", "RUN echo one > /data/sub/file", "RUN cat /data/sub/file > /seen" },
            VolumeMounts = { new VolumeMount { VolumeId = volume, MountPath = "/data/sub" } },
        };
        (string built, GenericResult result, string log) = await server.BuildAsync(image);
        Assert.True(result.Status == GenericResult.Types.GenericStatus.Success, result.Exception + log);

        string look = await server.CreateAsync(new Protos.Modal.Resources(), "cat /seen; ls -A /data; ls /__modal", built);
        await server.WaitAsync(look);
        Assert.Equal("one\n", await server.ReadOutputAsync(look));
        Assert.Equal("one\n", await ReadAsync("file"));
    }

    [RootFact]
    public async Task ABuild_ThatMayOnlyRead_CannotWrite()
    {
        var image = new Image
        {
            DockerfileCommands = { "FROM busybox:test", "RUN echo one > /data/file" },
            VolumeMounts = { new VolumeMount { VolumeId = volume, MountPath = "/data", ReadOnly = true } },
        };
        (_, GenericResult result, string log) = await server.BuildAsync(image);
        Assert.Equal(GenericResult.Types.GenericStatus.Failure, result.Status);
        Assert.Contains("Read-only file system", log);
    }

    [RootFact]
    public async Task ASidecar_HasVolumesOfItsOwn_AndCommitsThemAtItsEnd()
    {
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), "sleep 1000");
        var definition = new Sandbox
        {
            ImageId = server.ImageId,
            EntrypointArgs = { "sh", "-c", "echo by-sidecar > /v/file" },
            VolumeMounts = { new VolumeMount { VolumeId = volume, MountPath = "/v" } },
        };
        var request = new SandboxContainerCreateV2Request { SandboxId = sandbox, ContainerName = "side", Definition = definition };
        string sidecar = (await server.Client.SandboxContainerCreateV2Async(request, server.Credentials)).ContainerId;
        Core.Ids.TaskId task = Core.Ids.TaskId.FromText((await server.Client.SandboxGetTaskIdAsync(
            new SandboxGetTaskIdRequest { SandboxId = sandbox, Timeout = 30 }, server.Credentials)).TaskId);
        Assert.Equal(0, (await server.Parts.Work.Sidecars.WaitAsync(task, sidecar, TimeSpan.FromSeconds(30), default))!.ExitCode);

        Assert.Equal("by-sidecar\n", await ReadAsync("file"));
    }

    /// <summary>Through another sandbox, as any user would.</summary>
    private async Task<string> ReadAsync(string path)
    {
        var definition = new Sandbox
        {
            ImageId = server.ImageId,
            EntrypointArgs = { "cat", $"/v/{path}" },
            TimeoutSecs = 60,
            VolumeMounts = { new VolumeMount { VolumeId = volume, MountPath = "/v" } },
        };
        var request = new SandboxCreateRequest { AppId = server.AppId, Definition = definition };
        string reader = (await server.Client.SandboxCreateAsync(request, server.Credentials)).SandboxId;
        await server.WaitAsync(reader);
        return await server.ReadOutputAsync(reader);
    }
}
