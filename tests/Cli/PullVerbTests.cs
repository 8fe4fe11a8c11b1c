using Appliance.Cli;
using Appliance.Metadata;
using Appliance.Tests.Images;
using Appliance.Tests.Images.Registries;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Cli;

public sealed class PullVerbTests
{
    [RootFact]
    public async Task Pull_WithoutAServer_TakesTheImageIn()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        byte[] layer = RegistryContent.Layer("f", "text");
        registry.Content.Add("team/app", "1", [(layer, layer)]);
        using var data = new TestDirectory();
        await (await MetadataStore.OpenAsync(data.Path, TimeProvider.System)).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "registries"), $"{registry.Host} plain-http\n");
        VerbRun pulled = await VerbRun.OfAsync("image", "pull", $"{registry.Host}/team/app:1", "--tag", "app:1", "--data", data.Path, "--json");
        Assert.Equal((ExitStatus.Done, ""), (pulled.Status, pulled.Errors));
        Assert.Equal(("pulled", "app:1"), (pulled.Json.GetProperty("origin").GetString(), pulled.Json.GetProperty("tags")[0].GetString()));
        VerbRun missing = await VerbRun.OfAsync("image", "pull", $"{registry.Host}/team/none", "--data", data.Path);
        Assert.Equal(ExitStatus.NotFound, missing.Status);
        Assert.Contains("team/none:latest", missing.Errors, StringComparison.Ordinal);
        VerbRun listed = await VerbRun.OfAsync("image", "list", "--data", data.Path);
        Assert.Contains("app:1", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_UserWithoutPassword_IsWrongUsage()
    {
        VerbRun run = await VerbRun.OfAsync("image", "pull", "alpine", "--user", "me");
        Assert.Equal(ExitStatus.Usage, run.Status);
        Assert.Contains("--password-stdin", run.Errors, StringComparison.Ordinal);
    }
}
