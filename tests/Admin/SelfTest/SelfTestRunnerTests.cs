using Appliance.Admin.SelfTest;

namespace Appliance.Tests.Admin.SelfTest;

public sealed class SelfTestRunnerTests
{
    [Fact]
    public async Task Run_WhereSomethingIsLacking_SkipsAndNeverPasses()
    {
        var check = new SelfTestCheck("containers", (_, _) => throw new InvalidOperationException("It was run all the same."))
        {
            FindObstacle = () => "They need root.",
        };

        SelfTestResult result = await RunAsync(check);

        Assert.Equal((false, true, "They need root."), (result.Passed, result.Skipped, result.Detail));
    }

    [Fact]
    public async Task Run_Directory_IsEmptyAtFirstAndGoneAtLast()
    {
        string? used = null;
        SelfTestResult result = await RunAsync(new SelfTestCheck("files", (directory, _) =>
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
            File.WriteAllText(Path.Combine(directory, "file"), "");
            used = directory;
            return Task.FromResult("seen");
        }));

        Assert.Equal((true, false, "seen"), (result.Passed, result.Skipped, result.Detail));
        Assert.False(Directory.Exists(used));
    }

    [Fact]
    public async Task Run_ThatFails_TellsWhatItSaw()
    {
        SelfTestResult expected = await RunAsync(new SelfTestCheck("a", (_, _) => throw new SelfTestException("Two and two are five.")));
        SelfTestResult unexpected = await RunAsync(new SelfTestCheck("b", (_, _) => throw new InvalidOperationException("No.")));

        Assert.Equal((false, "Two and two are five."), (expected.Passed, expected.Detail));
        Assert.Equal((false, "InvalidOperationException: No."), (unexpected.Passed, unexpected.Detail));
    }

    [Fact]
    public async Task Run_Interrupted_LetsTheCheckPutAwayWhatItHas()
    {
        using var interruption = new CancellationTokenSource();
        bool isPutAway = false;
        var check = new SelfTestCheck("long", async (_, cancellation) =>
        {
            await interruption.CancelAsync();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return "";
            }
            finally
            {
                await Task.Delay(50, CancellationToken.None);
                isPutAway = true;
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SelfTestRunner(TimeProvider.System).RunAsync([check, check], interruption.Token));

        Assert.True(isPutAway);
    }

    private static async Task<SelfTestResult> RunAsync(SelfTestCheck check) =>
        Assert.Single(await new SelfTestRunner(TimeProvider.System).RunAsync([check], CancellationToken.None));
}
