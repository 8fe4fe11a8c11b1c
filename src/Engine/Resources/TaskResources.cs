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
    public TaskGpus Gpus => gpus;

    public AdmissionDesk Desk => desk;

    /// <summary>Who waits for any of it.</summary>
    public MachinePressure Pressure { get; } = new();

    /// <exception cref="ApplianceException">InvalidArgument, FailedPrecondition: it can never be had on this machine.</exception>
    public Task CheckAsync(SandboxResources wanted)
    {
        CheckLimit("cpu", wanted.CpuMilli, wanted.CpuMilliMax, "thousandths of a core");
        CheckLimit("memory", wanted.MemoryMiB, wanted.MemoryMiBMax, "MiB");
        desk.Check(wanted.Promised);
        return gpus.CheckAsync(wanted.GpuText);
    }

    /// <summary>Waits for all of it; what it waits for is said by the sandbox meanwhile.</summary>
    /// <returns>The GPUs; null where none was asked for.</returns>
    /// <exception cref="ApplianceException">The machine does not have it, or not any more.</exception>
    public async Task<GpuAttachment?> LeaseAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        string task = sandbox.TaskId.Text;
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
        gpus.Release(task.Text);
        desk.Release(task.Text);
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

    private string? ExplainWait(string task) => gpus.ExplainWait(task) ?? desk.ExplainWait(task);

    private static AdmissionRequest RequestOf(LiveSandbox sandbox) =>
        new(sandbox.TaskId.Text, sandbox.Definition.Resources.Promised, sandbox.Record.CreatedAt);

    private static void CheckLimit(string name, uint? wanted, uint? limit, string unit)
    {
        if (wanted > limit)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"{name}= asks for {wanted} {unit} and limits itself to {limit}: ask for at most the limit.");
        }
    }
}
