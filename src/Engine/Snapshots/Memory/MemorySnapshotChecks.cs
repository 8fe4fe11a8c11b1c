using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;
using Appliance.Native.Files;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>Of what no memory snapshot can be made. Trying it all the same would end the sandbox without one.</summary>
internal static class MemorySnapshotChecks
{
    private const int HoldersShown = 5;

    /// <summary>What is to stay free on the disk.</summary>
    private const long ReserveBytes = 256L << 20;

    /// <exception cref="ApplianceException">FailedPrecondition: what has to be different. ResourceExhausted: the disk.</exception>
    public static async Task CheckAsync(LiveSandbox sandbox, Container container, int sidecars, string dataDirectory)
    {
        if (!sandbox.Definition.AllowsMemorySnapshots)
        {
            throw Refuse(sandbox, "it was created without enable_snapshot=True (experimentalEnableSnapshot in JavaScript)");
        }

        if (!container.IsGvisor)
        {
            throw Refuse(sandbox, "it does not run under gVisor");
        }

        if (sidecars > 0)
        {
            throw Refuse(sandbox, "containers run beside its main one: end them first");
        }

        await CheckAsync(sandbox, container, dataDirectory);
    }

    /// <summary>What holds for functions, too.</summary>
    /// <inheritdoc cref="CheckAsync(LiveSandbox, Container, int, string)" path="/exception"/>
    public static async Task CheckAsync(LiveSandbox sandbox, Container container, string dataDirectory)
    {
        if (container.RunningExecs is > 0 and var commands)
        {
            throw Refuse(sandbox, $"{commands} of the commands that were started in it with exec still run, and could not be found again: wait for them first");
        }

        if (await OutsideFiles.ListHoldersAsync(container, sandbox.Definition.Terminal is not null) is { Count: > 0 } holders)
        {
            throw Refuse(
                sandbox,
                $"processes hold open what could not be found again ({string.Join("; ", holders.Take(HoldersShown))}): close files of volumes and deleted ones, and start what a command leaves behind with </dev/null >FILE 2>&1");
        }

        long needed = container.ReadMemoryBytes() + ReserveBytes;
        if (DiskSpace.Of(dataDirectory).FreeBytes is var free && free < needed)
        {
            throw new ApplianceException(
                ErrorKind.ResourceExhausted,
                $"A memory snapshot of {NameOf(sandbox)} needs up to {needed >> 20} MiB of disk, and {free >> 20} MiB are free: 'appliance system prune' may make room.");
        }
    }

    /// <summary>FailedPrecondition, with what has to be different.</summary>
    public static ApplianceException Refuse(LiveSandbox sandbox, string why) =>
        new(ErrorKind.FailedPrecondition, $"No memory snapshot can be made of {NameOf(sandbox)}: {why}.");

    private static string NameOf(LiveSandbox sandbox) => sandbox.Definition.Function is null ? $"sandbox '{sandbox.Id}'" : $"container '{sandbox.TaskId}'";
}
