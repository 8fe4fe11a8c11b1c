using System.Text.Json;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd;

/// <summary>Tokens: through a running server and without one, by hand and by <c>modal token new</c>.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task Create_ThroughARunningServer_WorksAtOnceAndNotAfterRevoking()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        (string id, string secret) = await CreateAsync(data, "--name", "laptop", "--expires", "30d");

        Assert.Equal(StatusCode.OK, await TryAsync(server, id, secret));
        (await ProgramRun.ApplianceAsync("token", "revoke", id, "--data", data.Path)).ShouldSucceed();
        Assert.Equal(StatusCode.Unauthenticated, await TryAsync(server, id, secret));
        ProgramRun list = await ProgramRun.ApplianceAsync("token", "list", "--json", "--data", data.Path);
        JsonElement laptop = JsonDocument.Parse(list.Output).RootElement.EnumerateArray().Single(token => token.GetProperty("name").GetString() == "laptop");
        Assert.Equal("revoked", laptop.GetProperty("state").GetString());
        Assert.DoesNotContain(secret, list.Output);
    }

    [Fact]
    public async Task Create_WithoutAServer_WorksOnceOneRuns()
    {
        using var data = new DataFolder();
        await using (PublishedAppliance first = await PublishedAppliance.StartAsync(data.Path))
        {
            await first.StopAsync();
        }

        (string id, string secret) = await CreateAsync(data);

        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        Assert.Equal(StatusCode.OK, await TryAsync(server, id, secret));
    }

    [Theory]
    [InlineData(2, "token", "create", "--expires", "soon")]
    [InlineData(2, "token", "revoke", "nonsense")]
    [InlineData(3, "token", "revoke", "ak-0000000000000000000000")]
    [InlineData(3, "token", "approve", "AAAA-BBBB")]
    public async Task Verb_WithBadInput_EndsWithTheStatusThatSaysSo(int exitStatus, params string[] arguments)
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ProgramRun.ApplianceAsync([.. arguments, "--data", data.Path, "--json"]);

        Assert.Equal(exitStatus, run.ExitStatus);
        Assert.NotEmpty(JsonDocument.Parse(run.Errors).RootElement.GetProperty("error").GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Flow_ApprovedOnTheBox_HandsOutATokenThatSurvivesARestart()
    {
        using var data = new DataFolder();
        string id, secret;
        await using (PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path))
        {
            var client = new ModalClient.ModalClientClient(server.Channel);
            TokenFlowCreateResponse flow = await client.TokenFlowCreateAsync(new TokenFlowCreateRequest { LocalhostPort = 1 });
            var wait = new TokenFlowWaitRequest { TokenFlowId = flow.TokenFlowId, WaitSecret = flow.WaitSecret, Timeout = 30 };
            AsyncUnaryCall<TokenFlowWaitResponse> waiting = client.TokenFlowWaitAsync(wait);
            using var http = new HttpClient();
            Assert.Contains(flow.Code, await http.GetStringAsync(flow.WebUrl));

            (await ProgramRun.ApplianceAsync("token", "approve", flow.Code.ToLowerInvariant(), "--data", data.Path)).ShouldSucceed();

            TokenFlowWaitResponse granted = await waiting;
            Assert.Equal("appliance", granted.WorkspaceUsername);
            (id, secret) = (granted.TokenId, granted.TokenSecret);
            await server.KillAsync();
        }

        await using PublishedAppliance again = await PublishedAppliance.StartAsync(data.Path);
        Assert.Equal(StatusCode.OK, await TryAsync(again, id, secret));
    }

    [Fact]
    public async Task Flow_WithAnothersWaitSecret_IsNotFound()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var client = new ModalClient.ModalClientClient(server.Channel);
        TokenFlowCreateResponse flow = await client.TokenFlowCreateAsync(new TokenFlowCreateRequest());

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.TokenFlowWaitAsync(
            new TokenFlowWaitRequest { TokenFlowId = flow.TokenFlowId, WaitSecret = "as-guess", Timeout = 1 }));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    private static async Task<(string Id, string Secret)> CreateAsync(DataFolder data, params string[] more)
    {
        ProgramRun run = await ProgramRun.ApplianceAsync(["token", "create", "--json", "--data", data.Path, .. more]);
        run.ShouldSucceed();
        JsonElement token = JsonDocument.Parse(run.Output).RootElement;
        return (token.GetProperty("token_id").GetString()!, token.GetProperty("token_secret").GetString()!);
    }

    private static async Task<StatusCode> TryAsync(PublishedAppliance server, string id, string secret)
    {
        try
        {
            var headers = new global::Grpc.Core.Metadata { { "x-modal-token-id", id }, { "x-modal-token-secret", secret } };
            await new ModalClient.ModalClientClient(server.Channel).TokenInfoGetAsync(new TokenInfoGetRequest(), headers);
            return StatusCode.OK;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }
}
