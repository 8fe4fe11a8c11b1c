using Appliance.Metadata;
using Appliance.Metadata.Contents;
using Appliance.Metadata.Space;
using Appliance.Native.Files;

namespace Appliance.Admin.Space;

/// <summary>Works on the stores themselves: in the server, or in a verb while no server runs.</summary>
/// <param name="stores">What holds the space.</param>
/// <param name="surveyor">Looks at the files.</param>
/// <param name="cleanup">Removes what is of no use.</param>
/// <param name="grace">
/// How long something must have been of no use before it is pruned. While clients upload, what they have just sent is
/// not referred to yet; without a server there are none.
/// </param>
/// <param name="clock">Tells the time.</param>
public sealed class LocalSpaceDesk(
    StorageStores stores, SpaceSurveyor surveyor, StorageCleanup cleanup, TimeSpan grace, TimeProvider clock) : ISpaceDesk
{
    private const int VolumesMax = 20;

    private static readonly TimeSpan UnfinishedAge = TimeSpan.FromHours(24);

    /// <summary>What a running server keeps for uploads under way.</summary>
    public static TimeSpan ServingGrace { get; } = TimeSpan.FromMinutes(15);

    public async Task<SpaceReport> ReportAsync(CancellationToken cancellation)
    {
        SpaceSurvey survey = await surveyor.GetAsync(cancellation);
        (IReadOnlyList<KindUsage> kinds, IReadOnlyList<VolumeUsage> volumes, long waiting, long entries) = stores.Metadata.Read(read => (
            UsageRows.ListKinds(read), UsageRows.ListLargestVolumes(read, VolumesMax), UsageRows.CountRemoved(read), UsageRows.CountTreeEntries(read)));
        ContentUsage contents = stores.Contents.Collector.ReadUsage();
        IReadOnlyList<StoredSpace> stored = [.. Stored(survey, contents, entries)];
        DiskSpace disk = stores.ReadDisk();
        return new SpaceReport(
            stores.Directory,
            disk.TotalBytes,
            disk.FreeBytes,
            [.. kinds.Select(Describe)],
            stored,
            kinds.Sum(kind => kind.Bytes),
            survey.Blocks.Stored.Bytes + contents.Bytes,
            stored.Sum(line => line.ReclaimableBytes ?? 0),
            survey.TakenAt,
            waiting,
            [.. volumes.Select(volume => new VolumeSpace(volume.Id, volume.Name, volume.Environment, volume.Files, volume.Bytes))]);
    }

    public async Task<PruneReport> PruneAsync(PruneRequest request, CancellationToken cancellation)
    {
        TimeSpan unfinishedAge = request.AllUnfinished ? grace : UnfinishedAge;
        IReadOnlyList<PruneItem> items = request.DryRun
            ? await cleanup.PreviewAsync(grace, unfinishedAge, request.AllEnded, cancellation)
            : await cleanup.RunAsync(grace, unfinishedAge, request.AllEnded, cancellation);
        if (!request.DryRun)
        {
            await surveyor.RefreshAsync(cancellation);
        }

        return new PruneReport(request.DryRun, grace.TotalSeconds, items, items.Sum(item => item.Bytes), stores.ReadDisk().FreeBytes);
    }

    private static ObjectSpace Describe(KindUsage kind) => SpaceKinds.HasFiles(kind.Kind)
        ? new ObjectSpace(SpaceKinds.OfPrefix(kind.Kind), kind.Count, kind.Files, kind.Bytes)
        : new ObjectSpace(SpaceKinds.OfPrefix(kind.Kind), kind.Count, null, null);

    private IEnumerable<StoredSpace> Stored(SpaceSurvey survey, ContentUsage contents, long treeEntries)
    {
        bool isOld = clock.GetUtcNow() - survey.TakenAt > TimeSpan.FromSeconds(5);
        (int unfinished, long unfinishedBytes) = stores.Contents.Collector.ReadUnfinished(DateTimeOffset.MaxValue);
        yield return new StoredSpace(
            SpaceKinds.Blocks, survey.Blocks.Stored.BlockCount, survey.Blocks.Stored.Bytes, survey.Blocks.Unreferenced.Bytes, isOld);
        yield return new StoredSpace(SpaceKinds.Contents, contents.Count, contents.Bytes, contents.UnreferencedBytes, false);
        yield return new StoredSpace(SpaceKinds.Unfinished, unfinished, unfinishedBytes, unfinishedBytes, false);
        yield return new StoredSpace(SpaceKinds.Trees, treeEntries, 0, null, false);
        yield return new StoredSpace(SpaceKinds.Variants, survey.Variants.Count, survey.Variants.Bytes, survey.UnusedVariants.Bytes, isOld);
        yield return new StoredSpace(SpaceKinds.Sandboxes, survey.Sandboxes.Count, survey.Sandboxes.Bytes, survey.EndedSandboxBytes, isOld);
        foreach ((string name, Volumes.Trees.VariantUsage usage) in survey.Folders)
        {
            yield return new StoredSpace(name, usage.Count, usage.Bytes, null, isOld);
        }

        yield return new StoredSpace(SpaceKinds.Metadata, 1, LengthOf(MetadataStore.FileName), null, false);
        yield return new StoredSpace(SpaceKinds.Log, 1, LengthOf(MetadataStore.FileName + "-wal"), null, false);
        FileInfo[] damaged = new DirectoryInfo(stores.Blocks.QuarantineDirectory).GetFiles();
        if (damaged.Length > 0)
        {
            yield return new StoredSpace(SpaceKinds.Damaged, damaged.Length, damaged.Sum(file => file.Length), null, false);
        }
    }

    private long LengthOf(string file) => new FileInfo(Path.Combine(stores.Directory, file)) is { Exists: true } present ? present.Length : 0;
}
