using Appliance.Core.Ids.Functions;
using Appliance.Gateways.Modal.Web;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Identity;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Who may call web functions that ask for a token.</summary>
[Collection(FunctionRig.Collection)]
public sealed class ProxyTokenTests(FunctionRig rig)
{
    [RootFact]
    public async Task AToken_OpensEverything_UntilItIsAllowedForOneEnvironment()
    {
        EnvironmentRecord other = await NewEnvironmentAsync("others-tokens");
        TokenCreateResponse token = await rig.Client.WebhookTokenCreateAsync(new WebhookTokenCreateRequest { Name = "visitor" }, rig.Credentials);
        Assert.True(Opens(token, Main) && Opens(token, other));
        Assert.False(Opens(new TokenCreateResponse { TokenId = token.TokenId, TokenSecret = token.TokenSecret + "x" }, Main));

        await rig.Client.WebhookTokenEnvironmentAddAsync(
            new WebhookTokenEnvironmentAddRequest { TokenId = token.TokenId, EnvironmentId = other.Id.Text }, rig.Credentials);
        Assert.True(!Opens(token, Main) && Opens(token, other));
        Assert.Contains(token.TokenId, await ListAsync("others-tokens"));
        Assert.DoesNotContain(token.TokenId, await ListAsync(""));

        await rig.Client.WebhookTokenEnvironmentRemoveAsync(
            new WebhookTokenEnvironmentRemoveRequest { TokenId = token.TokenId, EnvironmentId = other.Id.Text }, rig.Credentials);
        Assert.False(Opens(token, other));
        Assert.True((await rig.Client.WebhookTokenListAsync(new Empty(), rig.Credentials)).Tokens.Single(one => one.TokenId == token.TokenId) is { Scoped: true, Name: "visitor" });
    }

    [RootFact]
    public async Task ADeletedToken_OpensNothing_AndIsUnknown()
    {
        TokenCreateResponse token = await rig.Client.WebhookTokenCreateAsync(new WebhookTokenCreateRequest(), rig.Credentials);
        var delete = new TokenDeleteRequest { TokenId = token.TokenId };

        await rig.Client.WebhookTokenDeleteAsync(delete, rig.Credentials);

        Assert.False(Opens(token, Main));
        Assert.Equal(StatusCode.NotFound, (await FunctionRig.RefusalAsync(rig.Client.WebhookTokenDeleteAsync(delete, rig.Credentials))).StatusCode);
    }

    [RootFact]
    public async Task ATokenForEverything_CannotBeForbiddenOneEnvironment()
    {
        TokenCreateResponse token = await rig.Client.WebhookTokenCreateAsync(new WebhookTokenCreateRequest(), rig.Credentials);

        Status refusal = await FunctionRig.RefusalAsync(rig.Client.WebhookTokenEnvironmentRemoveAsync(
            new WebhookTokenEnvironmentRemoveRequest { TokenId = token.TokenId, EnvironmentId = Main.Id.Text }, rig.Credentials));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
    }

    [RootFact]
    public async Task APass_OpensItsHostAlone_AndIsGivenForHostsOfTheApplianceOnly()
    {
        (FunctionApp app, _) = await rig.RunAsync(function => function.WebhookConfig = new WebhookConfig { Type = WebhookType.AsgiApp });
        const string Host = "appliance--test-f-dev.localhost";

        CurlAuthTokenResponse pass = await rig.Client.CurlGetAuthTokenAsync(new CurlAuthTokenRequest { Url = $"http://{Host}:8/x" }, rig.Credentials);
        Status elsewhere = await FunctionRig.RefusalAsync(
            rig.Client.CurlGetAuthTokenAsync(new CurlAuthTokenRequest { Url = "http://example.com/" }, rig.Credentials));

        Assert.True(IsAllowed(Main, Host, ("Modal-Authorization", "Bearer " + pass.Token)));
        Assert.False(IsAllowed(Main, "appliance--other.localhost", ("Modal-Authorization", "Bearer " + pass.Token)));
        Assert.False(IsAllowed(Main, Host, ("Modal-Authorization", "Bearer x" + pass.Token)));
        Assert.Equal(StatusCode.InvalidArgument, elsewhere.StatusCode);
        await app.StopAsync();
    }

    private EnvironmentRecord Main => rig.Server.Parts.Environments.List(rig.Server.Parts.Tokens.FindCaller(rig.Server.Parts.Tokens.List()[0].Id)!)
        .Single(environment => environment.Role == global::Appliance.Metadata.Identity.EnvironmentRole.Default);

    private async Task<EnvironmentRecord> NewEnvironmentAsync(string name)
    {
        EnvironmentGetOrCreateResponse made = await rig.Client.EnvironmentGetOrCreateAsync(
            new EnvironmentGetOrCreateRequest { DeploymentName = name, ObjectCreationType = ObjectCreationType.CreateIfMissing }, rig.Credentials);
        return Main with { Id = Core.Ids.EnvironmentId.FromText(made.EnvironmentId), Name = name };
    }

    private async Task<IEnumerable<string>> ListAsync(string environment) => (await rig.Client.WebhookTokenListForEnvironmentAsync(
        new WebhookTokenListForEnvironmentRequest { EnvironmentName = environment }, rig.Credentials)).Tokens.Select(token => token.TokenId);

    /// <summary>In both forms in which it may be sent.</summary>
    private bool Opens(TokenCreateResponse token, EnvironmentRecord environment)
    {
        bool asPair = IsAllowed(environment, "any.localhost", (WebAccess.KeyHeader, token.TokenId), (WebAccess.SecretHeader, token.TokenSecret));
        Assert.Equal(asPair, IsAllowed(environment, "any.localhost", ("Authorization", $"Bearer {token.TokenId}.{token.TokenSecret}")));
        return asPair;
    }

    private bool IsAllowed(EnvironmentRecord environment, string host, params (string Name, string Value)[] headers)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        foreach ((string name, string value) in headers)
        {
            request.Headers[name] = value;
        }

        return rig.Server.Parts.WebAccess.IsAllowed(
            request, new WebHost(new WebName(host.Split('.')[0], FunctionId.FromText("fu-1"), "", NeedsToken: true), environment));
    }
}
