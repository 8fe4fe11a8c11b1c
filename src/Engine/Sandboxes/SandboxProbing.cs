using System.Net.Sockets;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>Finds out when a sandbox is ready.</summary>
public sealed class SandboxProbing(MetadataStore store, SandboxNetworks networks, TimeProvider clock, Action<Exception> report)
{
    /// <summary>A probe that takes longer has failed.</summary>
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromSeconds(30);

    /// <summary>Probes until it is ready or has ended. The moment is durable when <see cref="LiveSandbox.Ready"/> tells it.</summary>
    public async Task RunAsync(LiveSandbox sandbox, Container container, CancellationToken stop)
    {
        if (sandbox.Definition.Probe is not { } probe)
        {
            return;
        }

        if (sandbox.Record.ReadyAt is { } before)
        {
            sandbox.SetReady(before);
            return;
        }

        try
        {
            while (!container.Main.Exited.IsCompleted)
            {
                if (await SucceedsAsync(sandbox, container, probe, stop))
                {
                    sandbox.SetReady(await store.WriteAsync(write =>
                    {
                        SandboxRows.SetReady(write, sandbox.Id, write.Now);
                        return write.Now;
                    }));
                    return;
                }

                await Task.WhenAny(container.Main.Exited, Task.Delay(TimeSpan.FromMilliseconds(probe.IntervalMs), clock, stop));
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next process goes on.
        }
        catch (ApplianceException) when (container.Main.Exited.IsCompleted)
        {
            // It ended between two looks.
        }
        catch (Exception failure)
        {
            report(failure);
        }
    }

    private Task<bool> SucceedsAsync(LiveSandbox sandbox, Container container, SandboxProbe probe, CancellationToken stop) =>
        probe.TcpPort is { } port ? AnswersAsync(sandbox, (int)port, stop) : SucceedsAsync(container, probe.Command ?? []);

    private async Task<bool> AnswersAsync(LiveSandbox sandbox, int port, CancellationToken stop)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(stop);
        time.CancelAfter(LongestAttempt);
        try
        {
            using Socket connection = await networks.ConnectAsync(sandbox.TaskId, port, time.Token);
            return true;
        }
        catch (Exception silence) when (silence is SocketException || (silence is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<bool> SucceedsAsync(Container container, IReadOnlyList<string> command)
    {
        string execId = $"probe-{Guid.NewGuid():N}";
        ContainerProcess process = await container.StartExecAsync(
            execId,
            container.Process with { Arguments = command, Terminal = null, HasInput = false, DiscardsOutput = true, DiscardsError = true },
            LongestAttempt);
        ProcessExit exit = await process.Exited;
        await container.ForgetExecAsync(execId);
        return exit.Status == 0;
    }
}
