using System.Diagnostics;
using Grpc.Net.Client;

namespace Appliance.Tests.Interop;

/// <summary>An echo server that somebody else's gRPC serves, in a process of its own.</summary>
public abstract class ForeignServer : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private Process? process;

    public GrpcChannel Channel { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        process = Process.Start(new ProcessStartInfo(Program, await ArgumentsAsync())
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        string? port = await process.StandardOutput.ReadLineAsync().WaitAsync(StartLimit);
        Assert.True(int.TryParse(port, out int number), $"'{Program}' did not name its port but '{port}'.");
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{number}", new GrpcChannelOptions { MaxReceiveMessageSize = null });
    }

    public async Task DisposeAsync()
    {
        Channel?.Dispose();
        if (process is not null)
        {
            // The servers end with their input.
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(StartLimit);
            process.Dispose();
        }
    }

    protected abstract string Program { get; }

    protected abstract Task<string[]> ArgumentsAsync();
}

/// <summary>grpc-js.</summary>
public sealed class GrpcJsServer : ForeignServer
{
    protected override string Program => "node";

    protected override Task<string[]> ArgumentsAsync() =>
        Task.FromResult<string[]>([Path.Combine(InteropFiles.Scripts, "grpc-js-server.mjs"), InteropFiles.Proto]);
}

/// <summary>grpcio.</summary>
public sealed class GrpcioServer : ForeignServer
{
    protected override string Program => InteropFiles.Python;

    protected override async Task<string[]> ArgumentsAsync() =>
        [Path.Combine(InteropFiles.Scripts, "python_grpcio_server.py"), await InteropFiles.EnsurePythonMessagesAsync()];
}
