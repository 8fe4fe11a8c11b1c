using Appliance.Blocks.Upkeep;
using Appliance.Native.Files;
using Appliance.Volumes.Trees;

namespace Appliance.Admin.Space;

/// <summary>
/// Looks at every file that holds space. A look that took long is good for a while, so that asking for the space does
/// not become work itself.
/// </summary>
public sealed class SpaceSurveyor(StorageStores stores, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan QuickMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AgeMax = TimeSpan.FromHours(2);

    private readonly SemaphoreSlim turn = new(1);
    private SpaceSurvey? last;

    /// <summary>Looks anew, and keeps what is seen.</summary>
    public Task RefreshAsync(CancellationToken cancellation) => SurveyAsync(isFresh: _ => false, cancellation);

    /// <summary>The last look, or a new one if that costs little or the last one is old.</summary>
    internal Task<SpaceSurvey> GetAsync(CancellationToken cancellation) =>
        SurveyAsync(seen => seen.Cost > QuickMax && clock.GetUtcNow() - seen.TakenAt < AgeMax, cancellation);

    public void Dispose() => turn.Dispose();

    private async Task<SpaceSurvey> SurveyAsync(Func<SpaceSurvey, bool> isFresh, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (last is null || !isFresh(last))
            {
                last = await Task.Run(() => LookAsync(cancellation), cancellation);
            }

            return last;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<SpaceSurvey> LookAsync(CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        BlockSurvey blocks = await stores.Blocks.SurveyAsync(TimeSpan.Zero, cancellation);
        (VariantUsage all, VariantUsage unused) = stores.Variants.Survey(DateTimeOffset.MaxValue, cancellation);
        (long, long) sandboxes = stores.Sandboxes.Measure(cancellation);
        (_, long endedBytes) = stores.Sandboxes.Preview(TimeSpan.Zero, all: false, cancellation);
        IReadOnlyList<(string, VariantUsage)> folders =
        [
            .. Directory.EnumerateDirectories(stores.Directory)
                .Where(folder => !SpaceKinds.CountedFolders.Contains(Path.GetFileName(folder)))
                .Order(StringComparer.Ordinal)
                .Select(folder => (Path.GetFileName(folder), Measure(folder, cancellation))),
        ];
        return new SpaceSurvey(clock.GetUtcNow(), clock.GetElapsedTime(startedAt), blocks, all, unused, sandboxes, endedBytes, folders);
    }

    private static VariantUsage Measure(string folder, CancellationToken cancellation)
    {
        VariantUsage sum = default;
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string path in Directory.EnumerateFiles(folder, "*", options))
        {
            cancellation.ThrowIfCancellationRequested();
            sum = FileStatus.Find(path) is { Kind: FileKind.File } status ? sum.Plus(status.SizeBytes) : sum;
        }

        return sum;
    }
}
