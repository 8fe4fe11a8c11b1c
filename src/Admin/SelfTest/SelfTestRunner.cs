namespace Appliance.Admin.SelfTest;

/// <summary>Runs checks one after the other, each in an empty directory that is removed behind it.</summary>
public sealed class SelfTestRunner(TimeProvider clock)
{
    /// <summary>How the directories of checks are called, among those for temporary files.</summary>
    public const string DirectoryPrefix = "appliance-self-test-";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>For what a check that was told to end has to put away.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<SelfTestResult>> RunAsync(IReadOnlyList<SelfTestCheck> checks, CancellationToken cancellation)
    {
        var results = new List<SelfTestResult>();
        foreach (SelfTestCheck check in checks)
        {
            results.Add(await RunAsync(check, cancellation));
        }

        return results;
    }

    private async Task<SelfTestResult> RunAsync(SelfTestCheck check, CancellationToken cancellation)
    {
        if (check.FindObstacle() is { } obstacle)
        {
            return new SelfTestResult(check.Name, Passed: false, Skipped: true, 0, obstacle);
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory(DirectoryPrefix);
        long started = clock.GetTimestamp();
        (bool passed, string detail) = await TryAsync(check, directory.FullName, cancellation);
        try
        {
            directory.Delete(recursive: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            (passed, detail) = (false, $"{detail} It left behind what cannot be removed: {cause.Message}");
        }

        cancellation.ThrowIfCancellationRequested();
        return new SelfTestResult(check.Name, passed, Skipped: false, Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 1), detail);
    }

    private async Task<(bool Passed, string Detail)> TryAsync(SelfTestCheck check, string directory, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            // A check ends by its token, so that it puts away what it started; who waits for ever is left alone in the end.
            return (true, await check.RunAsync(directory, either.Token).WaitAsync(Limit + EndLimit, clock, CancellationToken.None));
        }
        catch (SelfTestException failure)
        {
            return (false, failure.Message);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return (false, $"It was not done after {Limit.TotalSeconds:0} seconds.");
        }
        catch (Exception cause)
        {
            return (false, $"{cause.GetType().Name}: {cause.Message}");
        }
    }
}
