using System.Net;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>The host names and ports that open web functions.</summary>
[Collection(FunctionRig.Collection)]
public sealed class WebAddressTests(FunctionRig rig)
{
    [RootFact]
    public async Task ACustomDomain_OpensTheFunction_UntilItNamesItNoMore()
    {
        FunctionApp app = await rig.CreateAppAsync();
        await app.DefineAsync("f", function => Web(function, "API.Example.com"));
        await app.PublishAsync();
        Assert.Equal("api.example.com", new Uri(Assert.Single(app.Created.Function.CustomDomainInfo).Url).Host);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("Api.example.COM"));

        await app.DefineAsync("f", function => Web(function));
        await app.PublishAsync();

        Assert.Equal(HttpStatusCode.NotFound, await AskAsync("api.example.com"));
        await app.StopAsync();
    }

    [RootFact]
    public async Task TheNewestDeployment_HasTheDomain_AndSaysWhoHadIt()
    {
        FunctionApp loser = await rig.CreateAppAsync();
        await loser.DefineAsync("loser", function => Web(function, "one.example.com"));
        FunctionApp winner = await rig.CreateAppAsync();

        await winner.DefineAsync("winner", function => Web(function, "one.example.com"));

        Assert.Contains(winner.Created.ServerWarnings, each => each.Message.StartsWith("'one.example.com' opened function 'loser' of app 'test'", StringComparison.Ordinal));
        await loser.StopAsync();
        await winner.StopAsync();
    }

    [RootFact]
    public async Task ADomainThatCanBeNone_IsRefused()
    {
        FunctionApp app = await rig.CreateAppAsync();
        foreach (string wrong in new[] { "", "label", "-a.example.com", "a..b", "under_score.example.com", "127.0.0.1", new string('a', 64) + ".com" })
        {
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => app.DefineAsync("f", function => Web(function, wrong)));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        }

        await app.StopAsync();
    }

    [RootFact]
    public async Task WithNoPortLeft_TheDeploymentSaysSo()
    {
        FunctionApp app = await rig.CreateAppAsync();
        await app.DefineAsync("one", function => Web(function));
        await app.DefineAsync("two", function => Web(function));
        Warning told = Assert.Single(app.Created.ServerWarnings);
        AppPublishResponse published = await app.PublishAsync();

        Assert.Contains("--web-ports", told.Message, StringComparison.Ordinal);
        Assert.Contains("appliance--test-two-dev", told.Message, StringComparison.Ordinal);
        Assert.Contains("appliance--test-two-dev", Assert.Single(published.ServerWarnings).Message, StringComparison.Ordinal);
        await app.StopAsync();
    }

    [RootFact]
    public async Task ANotedDomain_SaysWhereItMustLead_AndThatItHasNoCertificate()
    {
        DomainCreateResponse created = await rig.Client.DomainCreateAsync(new DomainCreateRequest { DomainName = "Noted.example.com" }, rig.Credentials);
        Status twice = await FunctionRig.RefusalAsync(rig.Client.DomainCreateAsync(new DomainCreateRequest { DomainName = "noted.example.com." }, rig.Credentials));
        Domain listed = Assert.Single((await rig.Client.DomainListAsync(new DomainListRequest(), rig.Credentials)).Domains);
        var question = new DomainCertificateVerifyRequest { DomainId = created.DomainId };
        Domain verified = (await rig.Client.DomainCertificateVerifyAsync(question, rig.Credentials)).Domain;
        question.DomainId = ObjectId.Mint<DomainId>().Text;

        Assert.Equal(StatusCode.AlreadyExists, twice.StatusCode);
        DNSRecord record = Assert.Single(created.DnsRecords);
        Assert.Equal((DNSRecordType.A, "noted.example.com", "127.0.0.1"), (record.Type, record.Name, record.Value));
        Assert.Equal((created.DomainId, created.DomainId), (listed.DomainId, verified.DomainId));
        Assert.Equal(("noted.example.com", CertificateStatus.Pending), (verified.DomainName, verified.CertificateStatus));
        Assert.Equal(StatusCode.NotFound, (await FunctionRig.RefusalAsync(rig.Client.DomainCertificateVerifyAsync(question, rig.Credentials))).StatusCode);
    }

    private static void Web(Function function, params string[] domains) => function.WebhookConfig = new WebhookConfig
    {
        Type = WebhookType.AsgiApp,
        RequiresProxyAuth = true,
        CustomDomains = { domains.Select(each => new CustomDomainConfig { Name = each }) },
    };

    private async Task<HttpStatusCode> AskAsync(string host)
    {
        using var http = new HttpClient { BaseAddress = new Uri(rig.Server.Parts.PublicAddress.HttpUrl("/")) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        using HttpResponseMessage response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
