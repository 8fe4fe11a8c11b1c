using Appliance.Tests.EndToEnd;
using Appliance.Tests.Grpc;

namespace Appliance.Tests.Interop;

/// <summary>Independent gRPC clients against our server.</summary>
public sealed class ForeignClientTests : IAsyncLifetime
{
    private const int MiB = 1024 * 1024;
    private EchoServer server = null!;

    public async Task InitializeAsync() => server = await EchoServer.StartAsync(options =>
    {
        options.MaxReceiveMessageSize = 60 * MiB;
        options.ResponseCompressionAlgorithm = "gzip";
    });

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData("grpc-js.mjs", "plain")]
    [InlineData("grpc-js.mjs", "gzip")]
    [InlineData("nice-grpc.mjs", "plain")]
    public async Task Checks_OfAJavaScriptClient_Pass(string script, string compression) =>
        await RunAsync("node", script, InteropFiles.Proto, compression);

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    public async Task Checks_OfThePythonClient_Pass(string compression) =>
        await RunAsync(InteropFiles.Python, "python_grpcio.py", await InteropFiles.EnsurePythonMessagesAsync(), compression);

    private async Task RunAsync(string program, string script, string messages, string compression)
    {
        string[] arguments = [Path.Combine(InteropFiles.Scripts, script), server.EndPoint.ToString(), messages, compression];

        ProgramRun run = await ProgramRun.StartAsync(program, arguments, new Dictionary<string, string>());

        run.ShouldSucceed();
        Assert.EndsWith("all checks passed", run.Output.TrimEnd());
    }
}
