using Appliance.Core.Errors;
using Appliance.Core.Lifetime;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>Commits what a container changes again and again, while it runs, until this is disposed.</summary>
public sealed class BackgroundCommits : IAsyncDisposable
{
    // However much there is to look at, no more than this part of the time goes into looking.
    private const int RestPerWork = 10;

    private readonly VolumeWorkingCopy copy;
    private readonly TimeProvider clock;
    private readonly RepeatedWork work;
    private DateTimeOffset restUntil;
    private bool isVolumeGone;

    /// <param name="copy">Whose changes.</param>
    /// <param name="interval">The pause between two commits: 10 s are usual.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="report">Told what went wrong: once when the volume was deleted, else each time.</param>
    public BackgroundCommits(VolumeWorkingCopy copy, TimeSpan interval, TimeProvider clock, Action<Exception> report)
    {
        this.copy = copy;
        this.clock = clock;
        work = new RepeatedWork(interval, clock, CommitAsync, report);
    }

    public ValueTask DisposeAsync() => work.DisposeAsync();

    private async Task CommitAsync(CancellationToken cancellation)
    {
        if (copy.IsReadOnly || isVolumeGone || clock.GetUtcNow() < restUntil)
        {
            return;
        }

        long start = clock.GetTimestamp();
        try
        {
            await copy.CommitAsync(CommitOccasion.Background, cancellation).ConfigureAwait(false);
        }
        catch (ApplianceException gone) when (gone.Kind == ErrorKind.NotFound)
        {
            isVolumeGone = true;
            throw;
        }
        finally
        {
            restUntil = clock.GetUtcNow() + (clock.GetElapsedTime(start) * RestPerWork);
        }
    }
}
