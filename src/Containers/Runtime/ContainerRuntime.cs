using System.Collections.Concurrent;
using Appliance.Containers.Gvisor;
using Appliance.Containers.Shims;
using Appliance.Containers.Specs;
using Appliance.Containers.Ttrpc;
using Appliance.Containers.Usage;
using Appliance.Core.Errors;
using Appliance.Core.Lifetime;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;
using Appliance.Protos.Containerd.Runc;
using Appliance.Protos.Containerd.TaskV2;

namespace Appliance.Containers.Runtime;

/// <summary>
/// Runs containers through shims, which go on without the appliance: a new process takes up the containers of an earlier
/// one.
/// </summary>
public sealed class ContainerRuntime : IAsyncDisposable
{
    private static readonly TimeSpan AdoptTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UsageInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (Container Container, ContainerSlot Slot)> running = new();
    private readonly RunDirectory run;
    private readonly string tasks;
    private readonly MadeOnce<ShimHost> host;
    private readonly IReadOnlyList<string> leftovers;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly RepeatedWork looks;

    /// <param name="run">Where bundles and sockets are.</param>
    /// <param name="tasks">Where what containers write is kept.</param>
    /// <param name="warmShims">How many shims to start ahead of need, once the first container was wanted.</param>
    /// <param name="clock">For time limits.</param>
    /// <param name="report">Told what went wrong in the background.</param>
    public ContainerRuntime(RunDirectory run, string tasks, int warmShims, TimeProvider clock, Action<Exception> report)
    {
        this.run = run;
        this.tasks = tasks;
        this.clock = clock;
        this.report = report;
        leftovers = run.ListBundles();
        looks = new RepeatedWork(UsageInterval, clock, LookAtUsageAsync, report);
        // A machine that lacks something may get it while the server runs, so a failure is not kept.
        host = new MadeOnce<ShimHost>(() => new ShimHost(run, warmShims, report));
    }

    /// <summary>How many bytes of each output of a container are kept.</summary>
    public long KeptOutput { get; init; } = TaskDirectory.DefaultKeptOutput;

    /// <summary>Everything about containers that lives no longer than they run.</summary>
    public RunDirectory Run => run;

    public TaskDirectory DirectoryOf(string id) => new(Path.Combine(tasks, id), KeptOutput);

    /// <summary>Containers that have left something on the disk, running or not.</summary>
    public IReadOnlyList<TaskDirectory> ListTasks() =>
        Directory.Exists(tasks) ? [.. Directory.GetDirectories(tasks).Select(path => new TaskDirectory(path, KeptOutput))] : [];

    /// <summary>Finds a container that runs, or has run and was not removed.</summary>
    public Container? Find(string id) => running.TryGetValue(id, out (Container Container, ContainerSlot) found) ? found.Container : null;

    /// <summary>What a container has used of the machine, running or ended; null when nothing is known of it.</summary>
    public ContainerUsage? ReadUsage(string id) => Find(id) is { } container ? container.ReadUsage() : ContainerUsage.Load(DirectoryOf(id).Usage);

    /// <summary>Starts a container. A first process that cannot be started is a container that ended at once.</summary>
    /// <exception cref="ApplianceException">What the machine or the request lacks.</exception>
    public async Task<Container> StartAsync(ContainerSpec spec, CancellationToken cancellation)
    {
        string runtime = host.Value.RuntimeOf(spec.Runtime);
        TaskDirectory directory = DirectoryOf(spec.Id);
        // Of a start that was cut short: an overlay that may lose data refuses its work directory a second time.
        directory.RemoveChanges();
        directory.Create();
        host.Value.Slots.Starts.Begin();
        try
        {
            return await StartAsync(spec, directory, runtime, cancellation);
        }
        finally
        {
            host.Value.Slots.Starts.End();
        }
    }

    private async Task<Container> StartAsync(ContainerSpec spec, TaskDirectory directory, string runtime, CancellationToken cancellation)
    {
        ShimStreams streams = ContainerProcess.Prepare(directory.MainFiles, spec.Process);
        ContainerSlot slot = await host.Value.Slots.RentAsync();
        slot.Cgroup = CgroupOf(spec.Id);
        slot.Gvisor = FindGvisor(slot.Bundle, runtime);
        Container? container = null;
        try
        {
            await File.WriteAllTextAsync(ContainerSlot.OwnerFile(slot.Bundle), spec.Id, cancellation);
            if (spec.OpensSockets)
            {
                await File.WriteAllTextAsync(Path.Combine(slot.Bundle, RunscScript.SocketsNote), "", cancellation);
            }

            ContainerSpec complete = MountRoot(spec, directory, slot);
            await File.WriteAllBytesAsync(slot.ConfigFile, SpecWriter.Write(complete, slot.Cgroup), cancellation);
            container = new Container(spec.Id, slot, directory, complete.Process, spec.Limits, clock);
            running[spec.Id] = (container, slot);
            await BeginAsync(container, slot, streams, runtime, spec.Checkpoint ?? "");
            return container;
        }
        catch
        {
            running.TryRemove(spec.Id, out _);
            await RemoveAsync(container, slot);
            throw;
        }
    }

    /// <summary>Whether containers of a runtime can be had.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no such runtime. FailedPrecondition: it is not installed.</exception>
    public static void CheckRuntime(string name) => ShimPrograms.Check(name);

    /// <summary>Tells one installed gVisor from another, without running it; null where none is installed.</summary>
    public static string? DescribeGvisor() => ShimPrograms.FindGvisor() is { } path && new FileInfo(path) is var file
        ? $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks}"
        : null;

    /// <summary>What the installed gVisor calls itself.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it is not installed, or does not run.</exception>
    public static Task<string> ReadGvisorVersionAsync() => GvisorContainer.ReadVersionAsync(ShimPrograms.RequireGvisor());

    /// <summary>Takes up a container that an earlier process started.</summary>
    /// <returns>Null when there is none: it was never started, or its shim is gone. Then nothing of it is left.</returns>
    public async Task<Container?> AdoptAsync(string id, ResourceLimits limits, CancellationToken cancellation)
    {
        if (leftovers.FirstOrDefault(each => OwnerOf(each) == id) is not { } bundle)
        {
            return null;
        }

        Container? container = await FindStartedAsync(bundle, id, limits, cancellation);
        if (container is null)
        {
            await BundleSweep.RemoveAsync(bundle, host.Value.Programs.Runc, run.RuntimeState);
            return null;
        }

        container.Main.BeginOutput();
        container.AdoptExecs();
        _ = container.Main.SuperviseAsync(container.Explain);
        return container;
    }

    /// <summary>Removes what is left of a container, running or not, but for what it wrote.</summary>
    public async Task RemoveAsync(string id)
    {
        if (running.TryRemove(id, out (Container Container, ContainerSlot Slot) found))
        {
            await RemoveAsync(found.Container, found.Slot);
        }
    }

    /// <summary>Removes what earlier processes left and nobody has adopted: dead containers, and shims that waited.</summary>
    public async Task SweepAsync()
    {
        HashSet<string> kept = [.. running.Values.Select(each => each.Slot.Bundle)];
        foreach (string bundle in leftovers.Where(each => !kept.Contains(each)))
        {
            await BundleSweep.RemoveAsync(bundle, host.Value.Programs.Runc, run.RuntimeState);
        }
    }

    /// <summary>Removes what containers left on the disk that nobody knows any more.</summary>
    /// <param name="isKnown">Whether the container of an id may still be asked about.</param>
    public void SweepTasks(Func<string, bool> isKnown)
    {
        foreach (string path in Directory.Exists(tasks) ? Directory.GetDirectories(tasks) : [])
        {
            string id = Path.GetFileNameWithoutExtension(path);
            if (!isKnown(id))
            {
                TreeRemoval.Remove(path);
            }
        }
    }

    /// <summary>Stops looking after containers; they go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await looks.DisposeAsync();
        if (host.IsMade)
        {
            await host.Value.DisposeAsync();
        }

        foreach ((Container container, _) in running.Values)
        {
            await container.DisposeAsync();
        }
    }

    private Task LookAtUsageAsync(CancellationToken cancellation)
    {
        foreach ((Container container, _) in running.Values)
        {
            container.ReadUsage();
        }

        return Task.CompletedTask;
    }

    private async Task<Container?> FindStartedAsync(string bundle, string id, ResourceLimits limits, CancellationToken cancellation)
    {
        if (ShimStarter.FindSocket(bundle) is not { } socket)
        {
            return null;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(AdoptTime);
        ShimClient? shim = null;
        try
        {
            shim = await ShimClient.ConnectAsync(socket, Path.GetFileName(bundle), timeout.Token);
            StateResponse state = await shim.StateAsync("", timeout.Token);
            if (state.Status == Protos.Containerd.Tasks.Status.Created)
            {
                // The earlier process ended between the two steps of a start.
                await shim.DisposeAsync();
                return null;
            }

            var slot = new ContainerSlot(bundle, shim) { Cgroup = CgroupOf(id), Gvisor = FindGvisor(bundle, ContainerSlot.RuntimeOf(bundle)) };
            ProcessSpec main = SpecWriter.ReadProcess(await File.ReadAllBytesAsync(slot.ConfigFile, timeout.Token));
            var container = new Container(id, slot, DirectoryOf(id), main, limits, clock) { Pid = (int)state.Pid };
            if (state.Status == Protos.Containerd.Tasks.Status.Paused)
            {
                // An earlier process ended in the middle of a snapshot.
                await shim.ResumeAsync(timeout.Token);
            }

            running[id] = (container, slot);
            return container;
        }
        catch (Exception gone) when (gone is TtrpcException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            await (shim?.DisposeAsync() ?? ValueTask.CompletedTask);
            return null;
        }
    }

    private async Task BeginAsync(Container container, ContainerSlot slot, ShimStreams streams, string runtime, string checkpoint)
    {
        var options = new Options { BinaryName = runtime, Root = run.RuntimeState };
        container.Main.BeginOutput();
        try
        {
            await slot.Shim.CreateAsync(slot.Bundle, streams, options, checkpoint, CancellationToken.None);
            container.Pid = await slot.Shim.StartAsync("", CancellationToken.None);
        }
        catch (TtrpcException complaint)
        {
            await container.Main.FailAsync(ProcessFaults.Explain(complaint.Message));
            return;
        }

        _ = container.Main.SuperviseAsync(container.Explain);
    }

    /// <summary>Mounts the container's root, and says what only can be said once it is there.</summary>
    private static ContainerSpec MountRoot(ContainerSpec spec, TaskDirectory directory, ContainerSlot slot)
    {
        // The root directory itself is part of the image, too; an overlay shows the upper one's mode.
        File.SetUnixFileMode(directory.Changes, File.GetUnixFileMode(spec.Layers[0]));
        foreach (ContainerDirectory shown in spec.Directories)
        {
            KeepAsInImage(shown, directory.Changes);
        }

        OverlayMount.Mount([.. spec.AddedLayers, .. spec.Layers], directory.Changes, directory.Work, slot.RootFilesystem, isVolatile: true);
        foreach (ContainerLink link in spec.Links)
        {
            RootLinks.Create(slot.RootFilesystem, link);
        }

        string temporary = Path.Combine(slot.RootFilesystem, "tmp");
        IEnumerable<ContainerMount> own = slot.Gvisor is not null && new DirectoryInfo(temporary) is { Exists: true, LinkTarget: null }
            ? [new ContainerMount(temporary, "/tmp", IsReadOnly: false)]
            : [];
        ContainerUser user = ContainerUser.Find(slot.RootFilesystem, spec.User);
        return spec with
        {
            // gVisor would put memory there, and what is in it would be missing in images of the container.
            Mounts = [.. spec.Mounts, .. own],
            Process = spec.Process with { UserId = user.UserId, GroupId = user.GroupId, AdditionalGroups = user.Groups },
        };
    }

    private static void KeepAsInImage(ContainerDirectory shown, string changes)
    {
        string path = changes + shown.Path;
        Directory.CreateDirectory(path);
        using DirectoryHandle directory = DirectoryHandle.Open(path);
        directory.SetOwn(shown.Status.User, shown.Status.Group, shown.Status.Mode, shown.Status.ModifiedAt);
    }

    private async Task RemoveAsync(Container? container, ContainerSlot slot)
    {
        try
        {
            await (container?.DisposeAsync() ?? slot.Shim.DisposeAsync());
            await BundleSweep.RemoveAsync(slot.Bundle, host.Value.Programs.Runc, run.RuntimeState);
        }
        catch (Exception failure)
        {
            report(failure);
        }
    }

    private GvisorContainer? FindGvisor(string bundle, string? runtime) =>
        runtime == RunscScript.PathIn(run.Programs) ? new GvisorContainer(runtime, run.RuntimeState, bundle) : null;

    private string CgroupOf(string id) => $"/appliance/{run.Instance}/{id}";

    private static string? OwnerOf(string bundle)
    {
        string file = ContainerSlot.OwnerFile(bundle);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }
}
