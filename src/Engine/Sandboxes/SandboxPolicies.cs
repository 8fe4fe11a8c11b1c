using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>Changes what running sandboxes may reach.</summary>
public sealed class SandboxPolicies(MetadataStore store, TaskProcesses processes, SandboxNetworks networks)
{
    /// <summary>Holds at once, cuts connections that it does not allow, and stays after a restart of the server.</summary>
    /// <exception cref="ApplianceException">NotFound: the task has ended. InvalidArgument: the policy is malformed.</exception>
    public async Task SetAsync(TaskId task, SandboxNetwork wanted, CancellationToken cancellation)
    {
        _ = SandboxNetworks.PolicyOf(wanted);
        await processes.GetContainerAsync(task, cancellation);
        LiveSandbox sandbox = processes.GetLive(task);
        sandbox.SetDefinition(await store.WriteAsync(
            write =>
            {
                SandboxRecord present = SandboxRows.FindByTask(write, task)!;
                SandboxDefinition changed = SandboxDefinition.Read(present.Definition) with { Network = wanted };
                SandboxRows.SetDefinition(write, present.Id, changed.Write());
                return changed;
            },
            cancellation));
        await networks.SetPolicyAsync(task, wanted);
    }
}
