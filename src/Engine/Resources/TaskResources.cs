using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Gpus;
using Appliance.Engine.Sandboxes;
using Appliance.Gpus;
using Appliance.Scheduling.Admission;

namespace Appliance.Engine.Resources;

/// <summary>What sandboxes have of the machine: GPUs, CPU, memory.</summary>
/// <remarks>
/// GPUs come first. Who waits for one can wait for hours, and would keep memory from those who need no GPU; memory comes
/// back sooner. All ask in this order, so that nobody waits for somebody who waits for him.
/// </remarks>
public sealed class TaskResources(TaskGpus gpus, AdmissionDesk desk)
{
    private readonly ClusterLeases clusters = new();

    /// <summary>Clusters that an earlier server was killed in starting.</summary>
    private readonly HashSet<string> cut = new(StringComparer.Ordinal);

    public TaskGpus Gpus => gpus;

    public AdmissionDesk Desk => desk;

    /// <summary>Who waits for any of it.</summary>
    public MachinePressure Pressure { get; } = new();

    /// <param name="wanted">By one container.</param>
    /// <param name="together">How many such containers run together or not at all.</param>
    /// <exception cref="ApplianceException">InvalidArgument, FailedPrecondition: it can never be had on this machine.</exception>
    public async Task CheckAsync(SandboxResources wanted, int together = 1)
    {
        CheckLimit("cpu", wanted.CpuMilli, wanted.CpuMilliMax, "thousandths of a core");
        CheckLimit("memory", wanted.MemoryMiB, wanted.MemoryMiBMax, "MiB");
        desk.Check(wanted.Promised, together);
        try
        {
            await gpus.CheckAsync(wanted.GpuTextOf(together));
        }
        catch (ApplianceException refusal) when (together > 1)
        {
            throw new ApplianceException(refusal.Kind, $"A cluster of {together} containers runs all of them at once on this machine: {refusal.Message}");
        }
    }

    /// <summary>Waits for all of it; what it waits for is said by the sandbox meanwhile.</summary>
    /// <returns>The GPUs; null where none was asked for.</returns>
    /// <exception cref="ApplianceException">The machine does not have it, or not any more.</exception>
    public async Task<GpuAttachment?> LeaseAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        string task = sandbox.TaskId.Text;
        if (sandbox.Definition.Function?.Cluster is { } cluster)
        {
            return await LeaseTogetherAsync(sandbox, cluster, cancellation);
        }

        SandboxResources wanted = sandbox.Definition.Resources;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, sandbox.EndAsked);
        void Wait(string gpu)
        {
            sandbox.SetWaits(() => ExplainWait(task));
            Pressure.Begin(sandbox.TaskId, sandbox.Record.FunctionId, gpu, (int)wanted.GpuCount);
        }

        try
        {
            GpuAttachment? devices = await gpus.LeaseAsync(
                task, wanted.GpuText, sandbox.Record.CreatedAt, either.Token, () => Wait(wanted.GpuType!));
            Task<AdmissionLease> admitted = desk.AdmitAsync(RequestOf(sandbox), either.Token);
            if (!admitted.IsCompleted)
            {
                Wait("");
            }

            await admitted;
            return devices;
        }
        finally
        {
            Pressure.End(sandbox.TaskId);
        }
    }

    /// <summary>Takes all of it back; the container is gone.</summary>
    public void Release(TaskId task)
    {
        Release(task.Text);
        foreach (string unclaimed in clusters.Leave(task))
        {
            Release(unclaimed);
        }
    }

    /// <summary>Notes what sandboxes of an earlier process have, and the places of those who waited.</summary>
    public void Adopt(IReadOnlyList<LiveSandbox> sandboxes)
    {
        HashSet<string> tasks = [.. sandboxes.Select(sandbox => sandbox.TaskId.Text)];
        gpus.Adopt(tasks.Contains);
        foreach (LiveSandbox sandbox in sandboxes)
        {
            if (sandbox.Record.StartedAt is not null)
            {
                Hold(sandbox);
            }
            else if (sandbox.Definition.Function?.Cluster is { } cluster)
            {
                ExpectTogether(sandbox, cluster, sandboxes);
            }
            else if (sandbox.Record.Ending is null)
            {
                gpus.Expect(sandbox.TaskId.Text, sandbox.Definition.Resources.GpuText, sandbox.Record.CreatedAt);
                desk.Expect(RequestOf(sandbox));
            }
        }
    }

    /// <summary>Notes what a sandbox has whose container runs.</summary>
    public void Hold(LiveSandbox sandbox) => desk.Hold(sandbox.TaskId.Text, sandbox.Definition.Resources.Promised);

    /// <summary>Takes back what ended sandboxes and steps of builds had of an earlier process.</summary>
    public void ReleaseGone() => gpus.ReleaseGone();

    /// <summary>Rank 0 asks for all, so that the machine gives all or nothing; each takes its part of that.</summary>
    private async Task<GpuAttachment?> LeaseTogetherAsync(LiveSandbox sandbox, ClusterOfTask cluster, CancellationToken cancellation)
    {
        if (cut.Contains(cluster.Id))
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, "The server was restarted while the containers of the cluster were being started; the cluster is begun anew.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, sandbox.EndAsked);
        ClusterLease lease = clusters.Join(sandbox.TaskId, cluster);
        if (cluster.Rank == 0)
        {
            try
            {
                await AskTogetherAsync(sandbox, cluster, lease, either.Token);
            }
            catch (Exception failure)
            {
                lease.Fail(failure is OperationCanceledException
                    ? new ApplianceException(ErrorKind.FailedPrecondition, "Rank 0 of the cluster was ended while the cluster waited for its place on this machine.")
                    : failure);
                throw;
            }
        }
        else if (!lease.Granted.IsCompleted)
        {
            sandbox.SetWaits(() => ExplainWait(cluster.Tasks[0]));
        }

        return (await lease.Granted.WaitAsync(either.Token))[cluster.Rank];
    }

    private async Task AskTogetherAsync(LiveSandbox sandbox, ClusterOfTask cluster, ClusterLease lease, CancellationToken cancellation)
    {
        SandboxResources wanted = sandbox.Definition.Resources;
        void Wait(string gpu)
        {
            sandbox.SetWaits(() => ExplainWait(sandbox.TaskId.Text));
            Pressure.Begin(sandbox.TaskId, sandbox.Record.FunctionId, gpu, (int)wanted.GpuCount * cluster.Tasks.Count);
        }

        try
        {
            GpuAttachment?[] parts = await gpus.LeaseTogetherAsync(
                cluster.Tasks, wanted.GpuTextOf(cluster.Tasks.Count), sandbox.Record.CreatedAt, cancellation, () => Wait(wanted.GpuType!));
            Task<AdmissionLease> admitted = desk.AdmitAsync(RequestOf(sandbox), cancellation);
            if (!admitted.IsCompleted)
            {
                Wait("");
            }

            await admitted;
            lease.Grant(parts);
        }
        finally
        {
            Pressure.End(sandbox.TaskId);

            // They have ended while this one waited.
            foreach (string left in clusters.ListLeft(lease))
            {
                Release(left);
            }
        }
    }

    /// <summary>A cluster of which nothing ran keeps its place in the line. One of which a part ran cannot go on: it is begun anew.</summary>
    private void ExpectTogether(LiveSandbox sandbox, ClusterOfTask cluster, IReadOnlyList<LiveSandbox> all)
    {
        int waiting = all.Count(each => each.Definition.Function?.Cluster?.Id == cluster.Id && each.Record is { StartedAt: null, Ending: null });
        if (waiting < cluster.Tasks.Count)
        {
            cut.Add(cluster.Id);
        }
        else if (cluster.Rank == 0)
        {
            gpus.Expect(sandbox.TaskId.Text, sandbox.Definition.Resources.GpuTextOf(cluster.Tasks.Count), sandbox.Record.CreatedAt);
            desk.Expect(RequestOf(sandbox));
        }
    }

    private void Release(string task)
    {
        gpus.Release(task);
        desk.Release(task);
    }

    private string? ExplainWait(string task) => gpus.ExplainWait(task) ?? desk.ExplainWait(task);

    private static AdmissionRequest RequestOf(LiveSandbox sandbox) =>
        new(sandbox.TaskId.Text, sandbox.Definition.Resources.Promised, sandbox.Record.CreatedAt, Others: sandbox.Definition.Function?.Cluster is { } cluster ? [.. cluster.Tasks.Skip(1)] : null);

    private static void CheckLimit(string name, uint? wanted, uint? limit, string unit)
    {
        if (wanted > limit)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"{name}= asks for {wanted} {unit} and limits itself to {limit}: ask for at most the limit.");
        }
    }
}
