using System.Collections.Concurrent;
using System.Net;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Tunnels;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Access;

/// <summary>The ports of running sandboxes on the machine: always with TLS, and without where it was asked for.</summary>
public sealed class SandboxTunnels(SandboxNetworks networks, MetadataStore store, TunnelDoor door, TimeProvider clock) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TaskId, IReadOnlyList<OpenTunnel>> open = new();
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Those of a sandbox that runs.</summary>
    public IReadOnlyList<TunnelRecord> Find(TaskId task) => [.. (open.GetValueOrDefault(task) ?? []).Select(each => each.Record)];

    /// <summary>Opens those that a sandbox asked for, on the ports that it had before, if it had some.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: the machine cannot listen, or the container has no network.</exception>
    public async Task OpenAsync(LiveSandbox sandbox)
    {
        if (sandbox.Definition.Ports.Count == 0)
        {
            return;
        }

        IReadOnlyList<TunnelRecord> before = store.Read(read => TunnelRows.List(read, sandbox.TaskId));
        List<OpenTunnel> opened = [];
        try
        {
            foreach (SandboxPort port in sandbox.Definition.Ports.DistinctBy(each => each.Number))
            {
                opened.Add(Open(sandbox, port, isPlain: false, before));
                if (port.IsPlain)
                {
                    opened.Add(Open(sandbox, port, isPlain: true, before));
                }
            }

            await store.WriteAsync(write => TunnelRows.Replace(write, sandbox.TaskId, opened.Select(each => each.Record)));
            open[sandbox.TaskId] = opened;
        }
        catch
        {
            await CloseAsync(opened);
            throw;
        }
    }

    /// <summary>Opens a further port of a running container, for as long as it runs.</summary>
    /// <exception cref="ApplianceException">AlreadyExists: it is open. FailedPrecondition: the machine cannot listen.</exception>
    public async Task<IReadOnlyList<TunnelRecord>> AddAsync(LiveSandbox sandbox, SandboxPort port)
    {
        await turn.WaitAsync();
        List<OpenTunnel> opened = [];
        try
        {
            if (sandbox.Definition.Ports.Any(each => each.Number == port.Number))
            {
                throw new ApplianceException(ErrorKind.AlreadyExists, $"Port {port.Number} is already forwarded.");
            }

            opened.Add(Open(sandbox, port, isPlain: false, []));
            if (port.IsPlain)
            {
                opened.Add(Open(sandbox, port, isPlain: true, []));
            }

            await ChangeAsync(sandbox, [.. sandbox.Definition.Ports, port], [.. open.GetValueOrDefault(sandbox.TaskId) ?? [], .. opened]);
            return [.. opened.Select(each => each.Record)];
        }
        catch
        {
            await CloseAsync(opened);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Closes a port; false when it is not open.</summary>
    public async Task<bool> RemoveAsync(LiveSandbox sandbox, uint port)
    {
        await turn.WaitAsync();
        try
        {
            IReadOnlyList<OpenTunnel> present = open.GetValueOrDefault(sandbox.TaskId) ?? [];
            OpenTunnel[] closed = [.. present.Where(each => each.Record.ContainerPort == port)];
            await ChangeAsync(sandbox, [.. sandbox.Definition.Ports.Where(each => each.Number != port)], [.. present.Except(closed)]);
            await CloseAsync(closed);
            return closed.Length > 0;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Closes those of a sandbox that has ended, and gives their ports back.</summary>
    public async Task CloseAsync(TaskId task)
    {
        if (open.TryRemove(task, out IReadOnlyList<OpenTunnel>? tunnels))
        {
            await CloseAsync(tunnels);
            await store.WriteAsync(write => TunnelRows.Replace(write, task, []));
        }
    }

    /// <summary>Ports stay noted, for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IReadOnlyList<OpenTunnel> tunnels in open.Values)
        {
            await CloseAsync(tunnels);
        }
    }

    /// <summary>Notes which ports there are from now on, for the next process, too.</summary>
    private async Task ChangeAsync(LiveSandbox sandbox, IReadOnlyList<SandboxPort> ports, IReadOnlyList<OpenTunnel> tunnels)
    {
        SandboxDefinition changed = sandbox.Definition with { Ports = ports };
        await store.WriteAsync(write =>
        {
            SandboxRows.SetDefinition(write, sandbox.Id, changed.Write());
            TunnelRows.Replace(write, sandbox.TaskId, tunnels.Select(each => each.Record));
        });
        open[sandbox.TaskId] = tunnels;
        sandbox.SetDefinition(changed);
    }

    private OpenTunnel Open(LiveSandbox sandbox, SandboxPort port, bool isPlain, IReadOnlyList<TunnelRecord> before)
    {
        int wanted = before.FirstOrDefault(each => each.ContainerPort == port.Number && each.IsPlain == isPlain)?.MachinePort ?? 0;
        var settings = new TunnelSettings
        {
            ContainerPort = (int)port.Number,
            Kind = isPlain ? TunnelKind.Plain : port.IsHttp2 ? TunnelKind.TlsHttp2 : TunnelKind.Tls,
            Listen = new IPEndPoint(door.Address, wanted),
            Clients = sandbox.Definition.InboundCidrs.Count == 0 ? null : [.. sandbox.Definition.InboundCidrs.Select(Cidr.Parse)],
            Certificate = door.Certificate,
        };
        TunnelListener listener;
        try
        {
            listener = networks.OpenTunnel(sandbox.TaskId, settings);
        }
        catch (ApplianceException taken) when (taken.Kind == ErrorKind.AlreadyExists && wanted != 0)
        {
            // Somebody took the port while no server ran: a new one is better than none.
            listener = networks.OpenTunnel(sandbox.TaskId, settings with { Listen = new IPEndPoint(door.Address, 0) });
        }

        CountUses(sandbox, listener);
        return new OpenTunnel(new TunnelRecord((int)port.Number, isPlain, listener.EndPoint.Port), listener);
    }

    private void CountUses(LiveSandbox sandbox, TunnelListener listener)
    {
        int counted = 0;
        var turn = new Lock();
        listener.OpenCountChanged += _ =>
        {
            // Events overtake one another, so what they say may be old.
            lock (turn)
            {
                int present = listener.OpenCount;
                sandbox.ChangeUses(present - counted, clock.GetUtcNow());
                counted = present;
            }
        };
    }

    private static async Task CloseAsync(IEnumerable<OpenTunnel> tunnels)
    {
        foreach (OpenTunnel each in tunnels)
        {
            await each.Listener.DisposeAsync();
        }
    }

    private sealed record OpenTunnel(TunnelRecord Record, TunnelListener Listener);
}
