using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>Waits for sandboxes to be ready.</summary>
public sealed class SandboxReadiness(MetadataStore store, SandboxSupervisor supervisor)
{
    /// <returns>Since when it has been ready.</returns>
    /// <exception cref="ApplianceException">
    /// DeadlineExceeded: the time passed first. FailedPrecondition: it ended first, or has no probe. NotFound.
    /// </exception>
    public async Task<DateTimeOffset> WaitAsync(TaskId task, TimeSpan time, CancellationToken cancellation)
    {
        SandboxRecord record = store.Read(read => SandboxRows.FindByTask(read, task)) ?? throw SandboxErrors.NoSuchTask(task.Text);
        if (SandboxDefinition.Read(record.Definition).Probe is null)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Sandbox '{record.Id}' has no readiness probe: create it with one to wait for it.");
        }

        if (record.ReadyAt is { } readyAt)
        {
            return readyAt;
        }

        if (supervisor.Find(task) is { } live)
        {
            await WaitAsync(live, time, cancellation);
            if (live.Ready.IsCompletedSuccessfully)
            {
                return await live.Ready;
            }
        }

        throw new ApplianceException(ErrorKind.FailedPrecondition, $"Sandbox '{record.Id}' ended before it was ready.");
    }

    private static async Task WaitAsync(LiveSandbox sandbox, TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(sandbox.Ready, sandbox.Ended).WaitAsync(time, cancellation);
        }
        catch (TimeoutException late)
        {
            string wait = sandbox.ExplainWait() is { } reason ? " " + reason : "";
            throw new ApplianceException(ErrorKind.DeadlineExceeded, $"Sandbox '{sandbox.Id}' was not ready in time.{wait}", late);
        }
    }
}
