using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Objects;
using Appliance.Volumes.Paths;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Engine.Sandboxes;

/// <summary>The volumes of running containers: each sees its own copy until it commits and reloads.</summary>
public sealed class SandboxVolumes(
    VolumeWorkingCopies copies, MetadataStore store, ContainerRuntime runtime, TimeProvider clock, Action<Exception> report) : IAsyncDisposable
{
    /// <summary>Where clients look for open files of volumes.</summary>
    internal const string Room = "/__modal/volumes";

    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, OpenVolumes> open = new(StringComparer.Ordinal);

    /// <summary>Mounts volumes for a container, and says how it is to show them.</summary>
    /// <param name="owner">Who must be allowed to use them.</param>
    /// <param name="container">Its id.</param>
    /// <param name="volumes">Which.</param>
    /// <param name="cancellation">Leaves the rest; what is mounted goes with <see cref="CloseAsync"/>.</param>
    /// <exception cref="ApplianceException">NotFound: a volume. InvalidArgument: a path. FailedPrecondition: a sub path is a file.</exception>
    public async Task<(IReadOnlyList<ContainerMount> Mounts, IReadOnlyList<ContainerLink> Links)> OpenAsync(
        Caller owner, string container, IReadOnlyList<SandboxVolume> volumes, CancellationToken cancellation)
    {
        CheckRights(owner, volumes);
        return await OpenAsync(container, volumes, cancellation);
    }

    /// <summary>Mounts volumes for a container whose owner may use them.</summary>
    /// <exception cref="ApplianceException">NotFound: a volume. InvalidArgument: a path. FailedPrecondition: a sub path is a file.</exception>
    public async Task<(IReadOnlyList<ContainerMount> Mounts, IReadOnlyList<ContainerLink> Links)> OpenAsync(
        string container, IReadOnlyList<SandboxVolume> volumes, CancellationToken cancellation)
    {
        if (volumes.Count == 0)
        {
            return ([], []);
        }

        var opened = new OpenVolumes(clock, report);
        open[container] = opened;
        List<ContainerLink> links = [];
        for (int index = 0; index < volumes.Count; index++)
        {
            SandboxVolume volume = volumes[index];
            string name = NameOf(volumes, index);
            opened.Add(
                await copies.OpenAsync(
                    new WorkingCopyRequest(
                        CopyId(container, index),
                        volume.VolumeId,
                        VolumePath.Read(volume.SubPath ?? ""),
                        volume.IsReadOnly,
                        Path.Combine(runtime.DirectoryOf(container).Root, "volumes", $"{index}"),
                        Path.Combine(RoomOf(container), name)),
                    cancellation));
            links.Add(new ContainerLink(volume.MountPath, $"{Room}/{name}"));
        }

        return ([new ContainerMount(RoomOf(container), Room, IsReadOnly: true, FollowsMachine: true)], links);
    }

    /// <summary>Takes up the volumes of a container that an earlier process started.</summary>
    public async Task AdoptAsync(string container, IReadOnlyList<SandboxVolume> volumes, CancellationToken cancellation)
    {
        var adopted = new OpenVolumes(clock, report);
        open[container] = adopted;
        for (int index = 0; index < volumes.Count; index++)
        {
            adopted.Add(await copies.AdoptAsync(CopyId(container, index), cancellation));
        }
    }

    /// <summary>Commits what a container wrote, and shows it the newest versions.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: files are open. NotFound: a volume was deleted.</exception>
    public async Task ReloadAsync(string container, CancellationToken cancellation)
    {
        foreach (VolumeWorkingCopy copy in open.GetValueOrDefault(container)?.Copies ?? [])
        {
            try
            {
                await copy.ReloadAsync(null, cancellation);
            }
            catch (ApplianceException busy) when (busy.Kind == ErrorKind.FailedPrecondition && runtime.Find(container) is { IsGvisor: true })
            {
                throw new ApplianceException(
                    ErrorKind.FailedPrecondition,
                    $"What the sandbox wrote to volume '{copy.VolumeId}' is committed. It runs under gVisor, which holds what it has looked at, so that newer versions show in new sandboxes only.",
                    busy);
            }
        }
    }

    /// <summary>Commits what a container wrote to one of its volumes.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it has no such volume. Others as of volumes.</exception>
    public async Task CommitAsync(TaskId task, string volumeId, CancellationToken cancellation)
    {
        foreach (VolumeWorkingCopy copy in Mounted(task, volumeId).Where(copy => !copy.IsReadOnly))
        {
            await copy.CommitAsync(CommitOccasion.Requested, cancellation);
        }
    }

    /// <summary>Shows a container the newest version of one of its volumes.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it has no such volume, or files are open.</exception>
    public async Task ReloadAsync(TaskId task, string volumeId, CancellationToken cancellation)
    {
        foreach (VolumeWorkingCopy copy in Mounted(task, volumeId))
        {
            await copy.ReloadAsync(null, cancellation);
        }
    }

    private VolumeWorkingCopy[] Mounted(TaskId task, string volumeId)
    {
        VolumeWorkingCopy[] found = [.. open.GetValueOrDefault(task.Text)?.Copies.Where(copy => copy.VolumeId == volumeId) ?? []];
        return found.Length > 0 ? found : throw new ApplianceException(
            ErrorKind.FailedPrecondition, $"Volume '{volumeId}' is not mounted in this container: name it in the function's volumes=.");
    }

    /// <summary>Commits what an ended container wrote, and unmounts.</summary>
    public async Task CloseAsync(string container)
    {
        if (!open.TryRemove(container, out OpenVolumes? volumes))
        {
            return;
        }

        await volumes.StopCommitsAsync();
        foreach (VolumeWorkingCopy copy in volumes.Copies)
        {
            try
            {
                await copy.CloseAsync(CloseMode.Commit, CancellationToken.None);
            }
            catch (ApplianceException failure)
            {
                // The volume was deleted, or the disk is full: the next start of the server tries again what can be.
                report(failure);
            }
        }
    }

    /// <summary>Commits and removes what containers left that nobody looks after any more.</summary>
    public Task SweepAsync() => copies.SweepAsync(id => open.ContainsKey(id[..id.IndexOf('/', StringComparison.Ordinal)]), report, CancellationToken.None);

    /// <summary>Mounts stay, for containers that go on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (OpenVolumes volumes in open.Values)
        {
            await volumes.StopCommitsAsync();
        }

        await copies.DisposeAsync();
    }

    private void CheckRights(Caller owner, IReadOnlyList<SandboxVolume> volumes) => store.Read(read =>
    {
        foreach (SandboxVolume volume in volumes)
        {
            if (volume.VolumeId.StartsWith(NetworkFileSystemId.Prefix + "-", StringComparison.Ordinal))
            {
                ObjectDirectory.Get<NetworkFileSystemId>(read, owner, volume.VolumeId);
            }
            else
            {
                ObjectDirectory.Get<VolumeId>(read, owner, volume.VolumeId);
            }
        }

        return true;
    });

    private string RoomOf(string container) => Path.Combine(runtime.Run.Root, "volumes", container);

    private static string CopyId(string container, int index) => $"{container}/{index}";

    /// <summary>A volume that is mounted twice has a second name the second time.</summary>
    private static string NameOf(IReadOnlyList<SandboxVolume> volumes, int index)
    {
        string id = volumes[index].VolumeId;
        return volumes.Take(index).Any(other => other.VolumeId == id) ? $"{id}.{index}" : id;
    }

    private sealed class OpenVolumes(TimeProvider clock, Action<Exception> report)
    {
        private readonly List<BackgroundCommits> commits = [];

        public List<VolumeWorkingCopy> Copies { get; } = [];

        public void Add(VolumeWorkingCopy copy)
        {
            Copies.Add(copy);
            commits.Add(new BackgroundCommits(copy, CommitInterval, clock, report));
        }

        public async Task StopCommitsAsync()
        {
            foreach (BackgroundCommits each in commits)
            {
                await each.DisposeAsync();
            }

            commits.Clear();
        }
    }
}
