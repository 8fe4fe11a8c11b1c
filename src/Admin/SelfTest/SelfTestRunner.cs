namespace Appliance.Admin.SelfTest;

/// <summary>Runs checks one after the other, each in an empty directory that is removed behind it.</summary>
public sealed class SelfTestRunner(TimeProvider clock)
{
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

        DirectoryInfo directory = Directory.CreateTempSubdirectory("appliance-self-test-");
        long started = clock.GetTimestamp();
        bool passed = false;
        string detail;
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            detail = await check.RunAsync(directory.FullName, either.Token).WaitAsync(Limit + EndLimit, clock, CancellationToken.None);
            passed = true;
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            detail = $"It was not done after {Limit.TotalSeconds:0} seconds.";
        }
        catch (Exception cause) when (!cancellation.IsCancellationRequested)
        {
            detail = cause is SelfTestException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return new SelfTestResult(check.Name, passed, Skipped: false, Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 1), detail);
    }
}
