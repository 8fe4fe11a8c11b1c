using Appliance.Containers.Networks.Connections;
using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>
/// Waits until a sandbox has no TCP connections with others: gVisor keeps none, and gives the whole sandbox up where there
/// is one. Its kernel remembers one that it closed itself for a minute more.
/// </summary>
public sealed class ClosedConnections(SandboxNetworks networks, TimeProvider clock)
{
    private const int AttemptsMax = 3;

    /// <summary>How long gVisor remembers a closed connection, and a little more.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(62);

    /// <summary>Whether there is something to wait for.</summary>
    public bool Any(LiveSandbox sandbox) => networks.ListConnections(sandbox.TaskId).Count > 0;

    /// <exception cref="ApplianceException">FailedPrecondition: there are some, or new ones were opened meanwhile.</exception>
    public async Task AwaitAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        for (int attempt = 0; ; attempt++)
        {
            IReadOnlyList<OpenConnection> present = networks.ListConnections(sandbox.TaskId);
            if (present.FirstOrDefault(each => each.ClosedFor is null) is { } open)
            {
                throw MemorySnapshotChecks.Refuse(sandbox, $"it has {present.Count(each => each.ClosedFor is null)} open TCP connections with others, such as {open.Text}: close them first");
            }

            TimeSpan left = present.Select(each => Memory - each.ClosedFor!.Value).Append(TimeSpan.Zero).Max();
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            if (attempt == AttemptsMax)
            {
                throw MemorySnapshotChecks.Refuse(sandbox, "it goes on opening TCP connections with others: keep it from that for a minute");
            }

            await Task.Delay(left, clock, cancellation);
        }
    }
}
