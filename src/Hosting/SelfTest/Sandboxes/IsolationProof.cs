using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Appliance.Core.Ids;
using Appliance.Gateways.CommandRouter.Probe;
using Appliance.Gateways.Modal.Probe;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>That a container reaches neither the machine nor another container. Each refusal has a listener that is known to answer.</summary>
internal static class IsolationProof
{
    private const string Port = "7000";
    private const int OwnProcessesMax = 8;

    public static async Task<string> ProveAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ProbedSandbox server = await trial.StartSandboxAsync(cancellation, "listen", Port);
        ProbedSandbox stranger = await trial.StartSandboxAsync(cancellation, "sleep", "600");
        await trial.Open(server).ReadMainAsync(isError: false, cancellation, until: "listening");
        await RequireOwnProcessesAsync(trial, stranger, cancellation);

        string hostPort = new Uri(trial.Server.Addresses.Grpc.Url).Port.ToString(CultureInfo.InvariantCulture);
        await RequireUnreachableAsync(trial, stranger, "127.0.0.1", hostPort, "the machine's loopback", cancellation);
        CommandOutcome addresses = await trial.RunAsync(server, cancellation, "gateway");
        if (addresses.Status != 0)
        {
            return "the machine's loopback is out of reach; containers have no network at all ('appliance doctor' says why)";
        }

        string[] serverAddresses = addresses.Output.Trim().Split(' ');
        await RequireAnswerAsync(trial, server, serverAddresses[0], cancellation);
        await RequireUnreachableAsync(trial, stranger, serverAddresses[0], Port, "another container", cancellation);
        string gateway = (await trial.RunAsync(stranger, cancellation, "gateway")).Output.Trim().Split(' ')[^1];
        await RequireHostUnreachableAsync(trial, stranger, gateway, cancellation);
        return $"out of reach: loopback, {gateway} (the machine), {serverAddresses[0]} (another container)";
    }

    private static async Task RequireAnswerAsync(SandboxTrial trial, ProbedSandbox server, string address, CancellationToken cancellation)
    {
        CommandOutcome own = await trial.RunAsync(server, cancellation, "connect", address, Port);
        Require(own.Status == 0, $"A container does not reach its own address {address}: {own.Errors}");
        using Socket fromOutside = await trial.Server.Parts.Work.Networks.ConnectAsync(
            TaskId.FromText(server.TaskId), int.Parse(Port, CultureInfo.InvariantCulture), cancellation);
        Require(fromOutside.Connected, $"The machine does not reach the container at {address}.");
    }

    private static async Task RequireHostUnreachableAsync(
        SandboxTrial trial, ProbedSandbox stranger, string gateway, CancellationToken cancellation)
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (var own = new TcpClient())
        {
            await own.ConnectAsync(gateway, port, cancellation);
        }

        await RequireUnreachableAsync(trial, stranger, gateway, port.ToString(CultureInfo.InvariantCulture), "the machine", cancellation);
    }

    /// <summary>A connection must fail as such: a program that breaks for another reason proves nothing.</summary>
    private static async Task RequireUnreachableAsync(
        SandboxTrial trial, ProbedSandbox from, string address, string port, string what, CancellationToken cancellation)
    {
        CommandOutcome tried = await trial.RunAsync(from, cancellation, "connect", address, port);
        Require(
            tried.Status == 1 && tried.Errors.StartsWith("connect: ", StringComparison.Ordinal),
            $"A container reaches {what} at {address}:{port} (status {tried.Status}: {tried.Errors.Trim()}).");
    }

    private static async Task RequireOwnProcessesAsync(SandboxTrial trial, ProbedSandbox sandbox, CancellationToken cancellation)
    {
        string[] seen = (await trial.RunAsync(sandbox, cancellation, "processes")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Require(seen.Contains("1") && seen.Length <= OwnProcessesMax, $"A container sees {seen.Length} processes.");
    }
}
