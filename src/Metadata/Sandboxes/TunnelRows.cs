using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Sandboxes;

/// <summary>The table of ports that running sandboxes have on the machine.</summary>
public static class TunnelRows
{
    public static IReadOnlyList<TunnelRecord> List(ReadTransaction read, TaskId task) =>
        read.Prepare("SELECT container_port, is_plain, machine_port FROM sandbox_tunnels WHERE task_id = ?")
            .Bind(task.Text).ReadAll(row => new TunnelRecord((int)row.GetInteger(0), row.GetInteger(1) != 0, (int)row.GetInteger(2)));

    /// <summary>Puts these in the place of all that were there.</summary>
    public static void Replace(WriteTransaction write, TaskId task, IEnumerable<TunnelRecord> tunnels)
    {
        write.Prepare("DELETE FROM sandbox_tunnels WHERE task_id = ?").Bind(task.Text).Run();
        foreach (TunnelRecord tunnel in tunnels)
        {
            write.Prepare("INSERT INTO sandbox_tunnels (task_id, container_port, is_plain, machine_port) VALUES (?, ?, ?, ?)")
                .Bind(task.Text).Bind((long)tunnel.ContainerPort).Bind(tunnel.IsPlain).Bind((long)tunnel.MachinePort).Run();
        }
    }
}

/// <summary>A port of the machine that leads to a port of a container.</summary>
/// <param name="ContainerPort">Inside.</param>
/// <param name="IsPlain">Otherwise clients speak TLS to it.</param>
/// <param name="MachinePort">Outside.</param>
public sealed record TunnelRecord(int ContainerPort, bool IsPlain, int MachinePort);
