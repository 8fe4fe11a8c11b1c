using Appliance.Tests.Metadata;
using Appliance.Volumes.Paths;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

/// <summary>Volumes as containers see them, without containers: the mount points are used from here.</summary>
internal sealed class WorkingCopyRig : IAsyncDisposable
{
    private readonly TestDirectory directory = new();

    private WorkingCopyRig(VolumeRig volumes) => Volumes = volumes;

    public VolumeRig Volumes { get; }

    public VolumeWorkingCopies Copies { get; private set; } = null!;

    public List<Exception> Reports { get; } = [];

    public static async Task<WorkingCopyRig> OpenAsync()
    {
        var rig = new WorkingCopyRig(await VolumeRig.OpenAsync());
        rig.Begin();
        return rig;
    }

    public WorkingCopyRequest Request(string volume, string id, string subPath = "", bool isReadOnly = false) => new(
        id, volume, VolumePath.Read(subPath), isReadOnly, Path.Combine(Volumes.Path, "tasks", id), Path.Combine(directory.Path, "room", id));

    public Task<VolumeWorkingCopy> OpenAsync(string volume, string id = "one", string subPath = "", bool isReadOnly = false) =>
        Copies.OpenAsync(Request(volume, id, subPath, isReadOnly), default);

    /// <summary>As after kill -9 and a new start: nothing is told, nothing is unmounted.</summary>
    public async Task RestartAsync()
    {
        await Copies.DisposeAsync();
        await Volumes.ReopenAsync();
        Begin();
    }

    public Task SweepAsync() => Copies.SweepAsync(_ => false, Reports.Add, default);

    public async ValueTask DisposeAsync()
    {
        foreach (VolumeWorkingCopy copy in new[] { "one", "two", "three" }.Select(Copies.Find).OfType<VolumeWorkingCopy>())
        {
            await copy.CloseAsync(CloseMode.Discard, default);
        }

        await Copies.DisposeAsync();
        await Volumes.DisposeAsync();
        directory.Dispose();
    }

    private void Begin() => Copies = new VolumeWorkingCopies(Volumes.Store, Volumes.Contents, Volumes.Committer, Volumes.Trees, TimeProvider.System);
}

internal static class WorkingCopyExtensions
{
    public static string At(this VolumeWorkingCopy copy, string path) => Path.Combine(copy.MountPoint, path);

    public static Task<WorkingCopyCommit> CommitAsync(this VolumeWorkingCopy copy) => copy.CommitAsync(CommitOccasion.Requested, default);

    public static Task<WorkingCopyCommit> ReloadAsync(this VolumeWorkingCopy copy) => copy.ReloadAsync(null, default);
}
