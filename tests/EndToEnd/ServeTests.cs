using System.Text.Json;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd;

/// <summary>The life of the server as its operator sees it.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Serve_OnADirectoryInUse_SaysSoAndLeavesTheFirstAlone()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun second = await ProgramRun.ApplianceAsync("serve", "--data", data.Path, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0");

        Assert.Equal(5, second.ExitStatus);
        Assert.Contains(server.Pid.ToString(), second.Errors);
        (await ProgramRun.ApplianceAsync("status", "--data", data.Path)).ShouldSucceed();
    }

    [Fact]
    public async Task Serve_OnAPortInUse_NamesThePort()
    {
        using var data = new DataFolder();
        using var other = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun second = await ProgramRun.ApplianceAsync(
            "serve", "--data", other.Path, "--grpc", server.Status.Grpc.Address, "--http", "127.0.0.1:0");

        Assert.Equal(5, second.ExitStatus);
        Assert.Contains($"--grpc {server.Status.Grpc.Address}: the port is in use.", second.Errors);
        Assert.DoesNotContain("SocketException", second.Errors);
    }

    [Fact]
    public async Task Serve_WithWrongSettings_ReportsAllOfThemAtOnce()
    {
        ProgramRun run = await ProgramRun.ApplianceAsync("serve", "--grpc", "nonsense", "--log-format", "xml", "--tls-cert", "/nowhere");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("--grpc: 'nonsense'", run.Errors);
        Assert.Contains("--log-format: 'xml'", run.Errors);
        Assert.Contains("belong together", run.Errors);
    }

    [Fact]
    public async Task Serve_OnADamagedDatabase_RefusesAndKeepsTheFile()
    {
        using var data = new DataFolder();
        byte[] garbage = new byte[8192];
        new Random(1).NextBytes(garbage);
        string path = Path.Combine(data.Path, "metadata.db");
        File.WriteAllBytes(path, garbage);

        ProgramRun run = await ProgramRun.ApplianceAsync("serve", "--data", data.Path, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0");

        Assert.NotEqual(0, run.ExitStatus);
        Assert.Contains("metadata.db", run.Errors);
        Assert.DoesNotContain("   at ", run.Errors);
        Assert.Equal(garbage, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Stop_WhileACallWaits_LetsItEndFirst()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var client = new ModalClient.ModalClientClient(server.Channel);
        TokenFlowCreateResponse flow = await client.TokenFlowCreateAsync(new TokenFlowCreateRequest());
        AsyncUnaryCall<TokenFlowWaitResponse> waiting = client.TokenFlowWaitAsync(
            new TokenFlowWaitRequest { TokenFlowId = flow.TokenFlowId, WaitSecret = flow.WaitSecret, Timeout = 40 });
        await Task.Delay(300);

        (int exitStatus, string log) = await server.StopAsync();

        Assert.Equal(0, exitStatus);
        Assert.True((await waiting).Timeout);
        Assert.Contains("Stopped", log);
    }

    [Fact]
    public async Task Status_WithAndWithoutAServer_TellsThemApart()
    {
        using var data = new DataFolder();
        Assert.Equal(5, (await ProgramRun.ApplianceAsync("status", "--data", data.Path)).ExitStatus);
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ProgramRun.ApplianceAsync("status", "--json", "--data", data.Path);

        run.ShouldSucceed();
        JsonElement status = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(server.Status.Grpc.Url, status.GetProperty("grpc").GetProperty("url").GetString());
        Assert.True(status.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task Log_AsJson_HasOneObjectALineAndNoSecret()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path, "--log-format", "json", "--log-level", "debug");
        await new ModalClient.ModalClientClient(server.Channel).TokenInfoGetAsync(new TokenInfoGetRequest(), server.Credentials);
        string secret = server.Environment["MODAL_TOKEN_SECRET"];

        (_, string log) = await server.StopAsync();

        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
        Assert.Contains(lines, line => line.Contains("TokenInfoGet", StringComparison.Ordinal));
        Assert.DoesNotContain(secret, log);
    }

    [Fact]
    public async Task HttpPort_AfterACall_ShowsItInTheMetrics()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        await new ModalClient.ModalClientClient(server.Channel).TokenInfoGetAsync(new TokenInfoGetRequest(), server.Credentials);
        using var http = new HttpClient();

        string page = await http.GetStringAsync($"{server.Status.Http.Url}/metrics");

        Assert.Contains("appliance_grpc_calls_total{method=\"/modal.client.ModalClient/TokenInfoGet\",status=\"OK\"} 1\n", page);
        Assert.Contains("# TYPE appliance_grpc_call_seconds histogram\n", page);
        Assert.Equal("{\"ready\":true,\"reasons\":[]}", await http.GetStringAsync($"{server.Status.Http.Url}/readyz"));
    }
}
