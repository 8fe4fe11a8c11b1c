namespace Appliance.Admin.SelfTest;

/// <summary>Runs checks one after the other, each in an empty directory that is removed behind it.</summary>
public sealed class SelfTestRunner(TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

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
        DirectoryInfo directory = Directory.CreateTempSubdirectory("appliance-self-test-");
        long started = clock.GetTimestamp();
        bool passed = false;
        string detail;
        try
        {
            detail = await check.RunAsync(directory.FullName, cancellation).WaitAsync(Limit, clock, cancellation);
            passed = true;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            detail = cause is SelfTestException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return new SelfTestResult(check.Name, passed, Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 1), detail);
    }
}
