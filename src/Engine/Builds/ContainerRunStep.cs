using System.Text;
using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Containers.Streams;
using Appliance.Core.Ids;
using Appliance.Engine.Gpus;
using Appliance.Engine.Packages;
using Appliance.Engine.Sandboxes;
using Appliance.Gpus;
using Appliance.Images.Building;
using Appliance.Scheduling.Admission;

namespace Appliance.Engine.Builds;

/// <summary>Runs a command of an image build in a container of its own.</summary>
public sealed class ContainerRunStep(
    ContainerRuntime runtime,
    SandboxNetworks networks,
    SandboxVolumes volumes,
    PackageVariables packages,
    TaskGpus gpus,
    AdmissionDesk desk,
    TimeProvider clock) : IRunStep
{
    private const string HostName = "build";
    private const int KillSignal = 9;

    private static readonly SandboxNetwork OpenNetwork = new(SandboxNetworkKind.Open, [], []);
    private static readonly SandboxNetwork NoNetwork = new(SandboxNetworkKind.Blocked, [], []);

    public async Task<RunStepResult> RunAsync(RunStepRequest request, CancellationToken cancellation)
    {
        TaskId task = TaskId.Mint(isVersion2: false);
        TaskDirectory directory = runtime.DirectoryOf(task.Text);
        try
        {
            GpuAttachment? devices = await gpus.LeaseAsync(task.Text, request.Gpu, clock.GetUtcNow(), cancellation);
            await AdmitAsync(task, request, cancellation);
            SandboxNetwork wanted = request.HasNoNetwork ? NoNetwork : OpenNetwork;
            Dictionary<string, string> variables = new(request.Environment);
            await packages.AddAsync(variables, wanted);
            (string network, IReadOnlyList<ContainerMount> mounts) = await networks.RentAsync(
                task, wanted, HostName, Path.Combine(directory.Root, "etc"));
            (IReadOnlyList<ContainerMount> room, IReadOnlyList<ContainerLink> links) = await volumes.OpenAsync(
                task.Text, [.. request.Volumes.Select(each => new SandboxVolume(each.Id.Text, each.Path, each.IsReadOnly, each.SubPath))], cancellation);
            ContainerSpec described = Describe(request with { Environment = variables }, task, network, [.. mounts, .. EmptyMounts(request, directory), .. room]);
            ContainerSpec spec = GpuOutfit.Fit(described, devices) with { Links = links };
            Container container = await runtime.StartAsync(spec, cancellation);
            var advice = new StepAdvice();
            ProcessExit exit = await FollowAsync(container, request, advice, cancellation);
            await runtime.RemoveAsync(task.Text);

            // Before the step counts as done: the next one may look for what this one wrote there.
            await volumes.CloseAsync(task.Text);
            string? detail = exit.IsOutOfMemory ? "it ran out of memory" : exit.Fault ?? advice.Text;
            return new RunStepResult(exit.Status, exit.Status == 0 ? TakeChanges(directory, spec) : null, detail);
        }
        finally
        {
            await runtime.RemoveAsync(task.Text);
            await volumes.CloseAsync(task.Text);
            gpus.Release(task.Text);
            desk.Release(task.Text);
            await networks.ReleaseAsync(task);
            directory.Remove();
        }
    }

    /// <summary>A step is promised the least, and uses what nobody else does.</summary>
    private async Task AdmitAsync(TaskId task, RunStepRequest request, CancellationToken cancellation)
    {
        Task<AdmissionLease> admitted = desk.AdmitAsync(new AdmissionRequest(task.Text, ResourceRequest.Default, clock.GetUtcNow()), cancellation);
        if (!admitted.IsCompleted && desk.ExplainWait(task.Text) is { } why)
        {
            await request.Output(Encoding.UTF8.GetBytes($"The step has not started yet. {why}\n"), false);
        }

        await admitted;
    }

    private ContainerSpec Describe(RunStepRequest request, TaskId task, string network, IReadOnlyList<ContainerMount> mounts) => new()
    {
        Id = task.Text,
        Layers = request.LowerDirectories,
        User = request.User,
        Hostname = HostName,
        NetworkNamespace = network,
        Process = new ProcessSpec
        {
            Arguments = [GuestPrograms.MountPoint + "/" + GuestPrograms.Init, "--", .. request.Arguments],
            Environment = [.. request.Environment.Select(each => $"{each.Key}={each.Value}")],
            WorkingDirectory = request.WorkingDirectory,
        },
        Mounts = [new ContainerMount(GuestPrograms.EnsureUnpacked(runtime.Run.Root), GuestPrograms.MountPoint, IsReadOnly: true), .. mounts],
    };

    private static IEnumerable<ContainerMount> EmptyMounts(RunStepRequest request, TaskDirectory directory)
    {
        for (int index = 0; index < request.EmptyMounts.Count; index++)
        {
            string empty = Path.Combine(directory.Root, "empty", $"{index}");
            Directory.CreateDirectory(empty);
            yield return new ContainerMount(empty, request.EmptyMounts[index], IsReadOnly: false);
        }
    }

    /// <summary>Passes the output on until the command has ended.</summary>
    private static async Task<ProcessExit> FollowAsync(Container container, RunStepRequest request, StepAdvice advice, CancellationToken cancellation)
    {
        ContainerProcess process = container.Main;
        try
        {
            using var turn = new SemaphoreSlim(1);
            await Task.WhenAll(
                PassOnAsync(process.OutputPath, false, process, request, advice, turn, cancellation),
                PassOnAsync(process.ErrorPath, true, process, request, advice, turn, cancellation));
            return await process.Exited;
        }
        catch (OperationCanceledException)
        {
            await container.KillAsync(process, KillSignal, all: true);
            await process.Exited;
            throw;
        }
    }

    private static async Task PassOnAsync(
        string path,
        bool isError,
        ContainerProcess process,
        RunStepRequest request,
        StepAdvice advice,
        SemaphoreSlim turn,
        CancellationToken cancellation)
    {
        await foreach (OutputPiece piece in OutputReader.ReadAsync(path, 0, process.OutputEnded, cancellation))
        {
            await turn.WaitAsync(cancellation);
            try
            {
                if (piece.Missing > 0)
                {
                    await request.Output(Encoding.UTF8.GetBytes(piece.Notice), isError);
                }

                advice.Read(piece.Bytes.Span, isError);
                await request.Output(piece.Bytes, isError);
            }
            finally
            {
                turn.Release();
            }
        }
    }

    /// <summary>The task's directory goes; its changes are the builder's now.</summary>
    private static string TakeChanges(TaskDirectory directory, ContainerSpec spec)
    {
        MountTraces.Remove(directory.Changes, [.. spec.Links.Select(link => link.Path), .. spec.Mounts.Select(mount => mount.Target)]);
        string taken = directory.Root + ".changes";
        Directory.Move(directory.Changes, taken);
        return taken;
    }
}
