namespace Appliance.Tests.EndToEnd;

/// <summary>The real JS SDK from npm against the published executable.</summary>
public sealed class ModalJsClientTests
{
    private static readonly string Scripts =
        Path.Combine(Path.GetDirectoryName(PublishedAppliance.ExecutablePath)!, "..", "..", "tests", "Interop");

    [Fact]
    public async Task Environments_ThroughTheRealClient_WorkAndFailAsItsUsersExpect()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-identity.mjs"], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
    }

    [Fact]
    public async Task SecretsProxiesAndBlobs_ThroughTheRealClient_WorkAndFailAsItsUsersExpect()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-secrets.mjs"], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
    }

    [Fact]
    public async Task Queues_ThroughTheRealClient_WorkAndFailAsItsUsersExpect()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-queues.mjs"], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
    }

    [Fact]
    public async Task Volumes_ThroughTheRealClient_WorkAndFailAsItsUsersExpect()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-volumes.mjs"], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
    }

    [Fact]
    public async Task FirstCall_WithAWrongSecret_FailsWithTheClientsAuthenticationError()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var environment = new Dictionary<string, string>(server.Environment) { ["MODAL_TOKEN_SECRET"] = "as-wrong" };

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-identity.mjs"], environment, Scripts);

        Assert.NotEqual(0, run.ExitStatus);
        Assert.Contains("UNAUTHENTICATED: Token 'ak-", run.Output + run.Errors);
    }
}
