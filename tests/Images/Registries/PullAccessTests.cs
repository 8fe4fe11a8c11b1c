using System.Text;
using Appliance.Core.Errors;
using Appliance.Images.Registries.Access;

namespace Appliance.Tests.Images.Registries;

public sealed class PullAccessTests
{
    private static readonly byte[] Layer = RegistryContent.Layer("f", "text");

    [RootFact]
    public async Task Pull_RegistryWithTokens_GetsOneForTheWholePull()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        registry.NeedsToken = true;
        await rig.PullAsync($"{registry.Host}/a:1");
        RegistryCall token = Assert.Single(registry.Calls, call => call.Path.StartsWith("/token", StringComparison.Ordinal));
        Assert.Equal("/token?service=the%20registry&scope=repository%3Ax%3Apull", token.Path);
        Assert.Equal(["", "", "Bearer a-token", "Bearer a-token", "Bearer a-token"], registry.Calls.Select(call => call.Authorization));
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pull_PrivateImage_TakesTheLoginThatFits(bool withTokens)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        (registry.NeedsToken, registry.NeedsPassword, registry.Login) = (withTokens, !withTokens, "me:se:cret");
        string reference = $"{registry.Host}/a:1";
        Assert.Equal(ErrorKind.Unauthenticated, (await rig.FailAsync(reference)).Kind);
        ApplianceException wrong = await rig.FailAsync(reference, new RegistryCredential("me", "wrong-password"));
        Assert.Equal(ErrorKind.Unauthenticated, wrong.Kind);
        Assert.DoesNotContain("wrong-password", wrong.Message, StringComparison.Ordinal);
        await rig.PullAsync(reference, new RegistryCredential("me", "se:cret"));
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:se:cret"));
        await File.WriteAllTextAsync(rig.File("config.json"), $$$"""{"auths":{"{{{registry.Host}}}":{"auth":"{{{login}}}"}},"credsStore":"x"}""");
        Assert.NotNull(await rig.PullAsync(reference));
    }

    [RootFact]
    public async Task Pull_Forbidden_IsSaid()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Fault = http =>
        {
            http.Response.StatusCode = 403;
            return Task.FromResult(true);
        };
        Assert.Equal(ErrorKind.PermissionDenied, (await rig.FailAsync($"{registry.Host}/a:1")).Kind);
    }

    [RootFact]
    public async Task Pull_RedirectElsewhere_TakesNoCredentialsAlong()
    {
        await using TestRegistry storage = await TestRegistry.StartAsync();
        await using TestRegistry registry = await TestRegistry.StartAsync(content: storage.Content);
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        registry.NeedsToken = true;
        registry.Fault = http =>
        {
            bool isBlob = http.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal);
            if (isBlob)
            {
                http.Response.StatusCode = 307;
                http.Response.Headers.Location = $"http://{storage.Host}{http.Request.Path}";
            }

            return Task.FromResult(isBlob);
        };
        ApplianceException refused = await rig.FailAsync($"{registry.Host}/a:1");
        Assert.Contains($"'{storage.Host} plain-http'", refused.Message, StringComparison.Ordinal);
        Assert.Empty(storage.Calls);
        rig.Name($"{registry.Host} plain-http", $"{storage.Host} plain-http");
        await rig.PullAsync($"{registry.Host}/a:1");
        Assert.Equal(["", ""], storage.Calls.Select(call => call.Authorization));
        Assert.Contains(registry.Calls, call => call.IsBlob && call.Authorization == "Bearer a-token");
    }

    [RootFact]
    public async Task Pull_OwnLogin_IsNotForMirrors()
    {
        await using TestRegistry mirror = await TestRegistry.StartAsync();
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http mirror={mirror.Host}", $"{mirror.Host} plain-http");
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        foreach (TestRegistry one in (TestRegistry[])[registry, mirror])
        {
            (one.NeedsToken, one.Login) = (true, "me:secret");
        }

        await rig.PullAsync($"{registry.Host}/a:1", new RegistryCredential("me", "secret"));
        Assert.NotEmpty(mirror.Calls);
        Assert.All(mirror.Calls, call => Assert.Equal("", call.Authorization));
    }
}
