using Appliance.Core.Errors;
using Appliance.Gateways.Modal.Images;
using Appliance.Images.Building;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Registries;
using Appliance.Images.Registries.Access;
using Appliance.Metadata.Images;
using Appliance.Protos.Modal;
using Appliance.Tests.Images.Registries;

namespace Appliance.Tests.Images.Building;

public sealed class BasePullTests
{
    private static readonly byte[] Layer = RegistryContent.Layer("pulled", "from the registry");

    [RootFact]
    public async Task Build_BaseThatIsNotHere_IsPulledOnceWithTheLoginOfTheRequest()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using BuildRig rig = await BuildRig.OpenAsync();
        Allow(rig, $"{registry.Host} plain-http");
        registry.Content.Add("team/app", "1", [(Layer, RegistryContent.Gzip(Layer))]);
        (registry.NeedsToken, registry.Login) = (true, "me:secret");
        int reads = 0;
        var login = new BuildRequest([$"FROM {registry.Host}/team/app:1", "COPY f /srv/own"])
        {
            Context = BuildRig.Context(("f", "F")),
            ReadRegistryCredentialAsync = _ => Task.FromResult(new RegistryCredential(++reads > 0 ? "me" : "", "secret")),
        };
        BuildOutcome[] outcomes = await Task.WhenAll(rig.BuildAsync(login), rig.BuildAsync(login with { Commands = [.. login.Commands, "LABEL a=b"] }));
        Assert.All(outcomes, outcome => Assert.Equal(ImageBuildState.Succeeded, outcome.State));
        Assert.Equal("from the registry", await rig.ReadAsync(outcomes[0], "/srv/pulled"));
        Assert.Equal("F", await rig.ReadAsync(outcomes[1], "/srv/own"));
        Assert.Equal(1, reads);
        Assert.Single(registry.Calls, call => call.Path.EndsWith(RegistryContent.DigestOf(RegistryContent.Gzip(Layer)), StringComparison.Ordinal));
        string[] logs = [await rig.ReadLogAsync(outcomes[0].Id), await rig.ReadLogAsync(outcomes[1].Id)];
        Assert.Single(logs, log => log.Contains($"=> pulling {registry.Host}/team/app:1\n", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task Build_FurtherStages_GetNoLogin()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using BuildRig rig = await BuildRig.OpenAsync();
        Allow(rig, $"{registry.Host} plain-http");
        registry.Content.Add("other", "1", [(Layer, Layer)]);
        (registry.NeedsToken, registry.Login) = (true, "me:secret");
        BuildOutcome outcome = await rig.BuildAsync(new BuildRequest([$"FROM base:1", $"COPY --from={registry.Host}/other:1 /srv /srv"])
        {
            ReadRegistryCredentialAsync = _ => throw new InvalidOperationException("asked for"),
        });
        Assert.Contains("refused to give one without a login", outcome.Failure, StringComparison.Ordinal);
        Assert.All(registry.Calls, call => Assert.Equal("", call.Authorization));
    }

    [RootFact]
    public async Task Build_BaseThatCannotBePulled_SaysWhyAndHowToBringIt()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        Allow(rig, "127.0.0.1:9 plain-http", "* blocked");
        BuildOutcome unreachable = await rig.BuildAsync("FROM 127.0.0.1:9/a:1");
        Assert.Equal(ImageBuildState.Failed, unreachable.State);
        Assert.Matches("127.0.0.1:9/a:1' is not on this server, and could not be pulled: '127.0.0.1:9' cannot be reached.*appliance image import FILE --tag 127.0.0.1:9/a:1", unreachable.Failure);
        Assert.Matches("blocked.*appliance image import", (await rig.BuildAsync("FROM no-such:1")).Failure);
    }

    [Fact]
    public void Login_OfEachKindOfSecret()
    {
        var secret = new Dictionary<string, string> { ["REGISTRY_USERNAME"] = "u", ["REGISTRY_PASSWORD"] = "p" };
        Assert.Equal(new RegistryCredential("u", "p"), RegistryLogin.Of(RegistryAuthType.StaticCreds, secret));
        foreach ((RegistryAuthType kind, string user) in new[] { (RegistryAuthType.Aws, "=AWS"), (RegistryAuthType.Gcp, "=_json_key") })
        {
            ApplianceException refusal = Assert.Throws<ApplianceException>(() => RegistryLogin.Of(kind, secret));
            Assert.Equal(ErrorKind.Unimplemented, refusal.Kind);
            Assert.Contains("REGISTRY_USERNAME" + user, refusal.Message, StringComparison.Ordinal);
        }

        secret.Remove("REGISTRY_PASSWORD");
        Assert.Contains("REGISTRY_PASSWORD", Assert.Throws<ApplianceException>(() => RegistryLogin.Of(RegistryAuthType.StaticCreds, secret)).Message, StringComparison.Ordinal);
        Assert.False(RegistryLogin.HasLogin(null));
        Assert.False(RegistryLogin.HasLogin(new ImageRegistryConfig { RegistryAuthType = RegistryAuthType.Public }));
        Assert.True(RegistryLogin.HasLogin(new ImageRegistryConfig { RegistryAuthType = RegistryAuthType.StaticCreds }));
    }

    private static void Allow(BuildRig rig, params string[] registries)
    {
        File.WriteAllLines(Path.Combine(rig.Rig.Path, "registries"), registries);
        rig.Rig.Library.Bases.PullAsync = (pull, stop) => rig.Rig.Library.Puller.PullAsync(
            new PullOrder(pull.Reference) { Credential = pull.Credential }, new Core.Progress.TransferProgress(), stop);
    }
}
