using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;

namespace Appliance.Volumes.Commits;

/// <summary>
/// Makes new versions of volumes. Commits to one volume come one after the other, so the last one wins for each file.
/// A commit of many files is written in several transactions, so that it does not hold up the only writer; nothing of
/// it is visible before the last one, and what a crash leaves of it is taken back at the next start.
/// </summary>
public sealed class VolumeCommitter(MetadataStore store, VolumePurger purger, VolumeTrees trees)
{
    /// <summary>How many entries a transaction writes: about ten milliseconds of the writer's time.</summary>
    private const int StepsPerWrite = 500;

    private readonly VolumeTurns turns = new();

    /// <summary>Runs the steps and makes their outcome the newest version.</summary>
    /// <param name="volumeId">Of a volume the caller may write to.</param>
    /// <param name="plan">Makes the steps; each should touch one entry.</param>
    /// <param name="onPublished">Runs in the transaction that makes the version visible.</param>
    /// <param name="cancellation">Nothing is visible when it fires in time.</param>
    /// <exception cref="Core.Errors.ApplianceException">What a step throws; then nothing is visible.</exception>
    public async Task CommitAsync(
        string volumeId, Func<CommitScope, IEnumerable<CommitStep>> plan, Action<WriteTransaction> onPublished, CancellationToken cancellation)
    {
        using IDisposable turn = await turns.TakeAsync(volumeId, cancellation).ConfigureAwait(false);
        VolumeRecord before = store.Read(read => VolumeCatalog.Get(read, volumeId));
        var scope = new CommitScope(before);
        using IEnumerator<CommitStep> steps = plan(scope).GetEnumerator();
        bool isStaged = before.IsStaging;
        try
        {
            if (isStaged)
            {
                await purger.TakeBackAsync(before).ConfigureAwait(false);
            }

            while (!await store.WriteAsync(write => RunSome(write, scope, steps, onPublished), cancellation).ConfigureAwait(false))
            {
                isStaged = true;
            }
        }
        catch
        {
            if (isStaged)
            {
                await purger.TakeBackAsync(before).ConfigureAwait(false);
            }

            throw;
        }

        purger.Notice(volumeId);
        trees.Notice(volumeId);
    }

    private static bool RunSome(
        WriteTransaction write, CommitScope scope, IEnumerator<CommitStep> steps, Action<WriteTransaction> onPublished)
    {
        // Found again: the volume may have been deleted since the last transaction.
        VolumeCatalog.Get(write, scope.Before.Id);
        scope.Enter(write);
        try
        {
            for (int count = 0; count < StepsPerWrite; count++)
            {
                if (!steps.MoveNext())
                {
                    scope.Publish();
                    onPublished(write);
                    return true;
                }
            }

            VolumeRows.BeginCommit(write, scope.Before.Key);
            return false;
        }
        finally
        {
            scope.Leave();
        }
    }
}
