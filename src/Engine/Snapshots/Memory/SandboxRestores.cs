using Appliance.Containers.Gvisor;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Identity;
using Appliance.Metadata.Images;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Snapshots;
using Appliance.Metadata.Transactions;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>Makes sandboxes that go on where a memory snapshot was made; any number of one.</summary>
public sealed class SandboxRestores(SandboxCreation creation, MemorySnapshotFiles files)
{
    /// <summary>Whether the machine can restore it. Looks at the machine, so it is no part of the transaction.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: gVisor is missing, or another one; the files are gone.</exception>
    public async Task CheckMachineAsync(MemorySnapshotId id)
    {
        string version = await ContainerRuntime.ReadGvisorVersionAsync();
        if (files.Find(id) is { } checkpoint && checkpoint.Version != version)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Memory snapshot '{id}' was made by '{checkpoint.Version}', and '{version}' is installed now, which may not read it: install the former.");
        }
    }

    /// <summary>Stores a sandbox that goes on from a snapshot, with an id, a network and a time limit of its own.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="id">The snapshot.</param>
    /// <param name="isVersion2">Which family of calls the client uses.</param>
    /// <param name="name">Answers the name, given that of the sandbox which the snapshot was made of; null for none.</param>
    /// <exception cref="ApplianceException">NotFound. FailedPrecondition: it is not whole. AlreadyExists: the name.</exception>
    public SandboxRecord Create(WriteTransaction write, Caller caller, MemorySnapshotId id, bool isVersion2, Func<string?, string?> name)
    {
        MemorySnapshotRecord snapshot = MemorySnapshotRows.Find(write, id) is { } found && found.WorkspaceId == caller.WorkspaceId
            ? found
            : throw NotFound(id);
        if (snapshot.ImageId is not { } image)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Memory snapshot '{id}' {(snapshot.Failure is { } failure ? $"could not be made: {failure}" : "is still being made: wait for it.")}");
        }

        ImageRecord? files = ImageRows.Find(write, image.Text);
        if (files is null || files.ExpiresAt <= write.Now)
        {
            throw NotFound(id);
        }

        SandboxDefinition definition = SandboxDefinition.Read(snapshot.Definition) with { ImageId = image.Text, RestoredFrom = id.Text };
        return creation.Create(
            write,
            caller,
            new SandboxRequest(snapshot.AppId, isVersion2, name(snapshot.Name), definition, [], SandboxTags.List(write, snapshot.SandboxId)));
    }

    internal static ApplianceException NotFound(MemorySnapshotId id) => new(
        ErrorKind.NotFound, $"Memory snapshot '{id}' not found: it was never made, its image was deleted, or its {MemorySnapshots.Life.Days} days are over.");
}
