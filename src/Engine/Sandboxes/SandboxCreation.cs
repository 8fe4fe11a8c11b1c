using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Resources;
using Appliance.Engine.Snapshots;
using Appliance.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Sandboxes;

/// <summary>Stores new sandboxes. Once the transaction is durable the supervisor begins them.</summary>
public sealed class SandboxCreation(VariableKeeper variables, TaskResources resources)
{
    private const int TimeoutSecondsMax = 7 * 24 * 3600;

    /// <summary>Whether the machine has what the sandbox needs. Looks at the machine, so it is no part of the transaction.</summary>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: no such GPU, more CPU or memory than there is, more than its own limit. FailedPrecondition: no such GPU here.
    /// </exception>
    public Task CheckMachineAsync(SandboxDefinition definition)
    {
        if (RuntimeOf(definition) is not ContainerSpec.Runc and var runtime)
        {
            ContainerRuntime.CheckRuntime(runtime);
        }

        string wanted = definition.Resources.GpuText;
        return wanted.Length > 0 && RuntimeOf(definition) == ContainerSpec.Gvisor
            ? throw new ApplianceException(
                ErrorKind.InvalidArgument, $"gpu=\"{wanted}\" cannot be had under gVisor on this server, which memory snapshots need, too: leave them out, or the GPU.")
            : resources.CheckAsync(definition.Resources);
    }

    /// <exception cref="ApplianceException">
    /// NotFound: app, or a mount. InvalidArgument: what can never be. AlreadyExists: the name. PermissionDenied: the image needs a key.
    /// </exception>
    public SandboxRecord Create(WriteTransaction write, Caller caller, SandboxRequest request)
    {
        Check(request);
        ObjectRecord app = ObjectDirectory.Get<AppId>(write, caller, request.AppId.Text);
        if (request.Name is { } name)
        {
            SandboxDirectory.CheckFree(write, request.AppId, name);
        }

        ImageKeys.Require(write, ImageId.FromText(request.Definition.ImageId), key: null);
        foreach (string mount in request.Definition.MountIds)
        {
            ObjectDirectory.Get<MountId>(write, caller, mount);
        }

        var life = TimeSpan.FromSeconds(request.Definition.TimeoutSeconds);
        SandboxDefinition definition = request.Definition with
        {
            Runtime = RuntimeOf(request.Definition),
            SecretIds = variables.Keep(write, caller, request.Definition.SecretIds, request.Variables, life),
        };
        var record = new SandboxRecord(
            request.IsVersion2 ? SandboxId.MintVersion2(write.Now) : ObjectId.Mint<SandboxId>(),
            TaskId.Mint(request.IsVersion2),
            caller.WorkspaceId,
            caller.TokenId,
            app.EnvironmentId,
            request.AppId,
            request.Name,
            definition.Write(),
            write.Now);
        SandboxRecord stored = SandboxRows.Add(write, record);
        SandboxTags.Replace(write, stored.Id, request.Tags);
        return stored;
    }

    /// <summary>Memory can be kept under gVisor only, so who may want that gets it.</summary>
    private static string RuntimeOf(SandboxDefinition definition) => (definition.Runtime, definition.AllowsMemorySnapshots) switch
    {
        (null or "", true) => ContainerSpec.Gvisor,
        (null or "", false) => ContainerSpec.Runc,
        (ContainerSpec.Runc, true) => throw new ApplianceException(
            ErrorKind.InvalidArgument, "Memory snapshots need the runtime 'gvisor', and 'runc' was asked for: leave one of them out."),
        ({ } named, _) => named,
    };

    private static void Check(SandboxRequest request)
    {
        SandboxDirectory.CheckTags(request.Tags);
        if (request.Name is { } name)
        {
            SandboxDirectory.CheckName(name);
        }

        SandboxDefinition definition = request.Definition;
        if (definition.TimeoutSeconds is < 1 or > TimeoutSecondsMax)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"A sandbox's timeout is 1 to {TimeoutSecondsMax} seconds; {definition.TimeoutSeconds} was asked for.");
        }

        _ = SandboxNetworks.PolicyOf(definition.Network);
        foreach (string clients in definition.InboundCidrs)
        {
            Cidr.Parse(clients);
        }

        if (definition.WorkingDirectory is { } directory && !directory.StartsWith('/'))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A sandbox's working directory must be absolute; '{directory}' is not.");
        }
    }
}

/// <summary>What a client asks for.</summary>
/// <param name="AppId">Whose it will be.</param>
/// <param name="IsVersion2">Which family of calls the client uses: it decides the shape of the ids.</param>
/// <param name="Name">Null for none.</param>
/// <param name="Definition">What it is to be.</param>
/// <param name="Variables">In order, after the definition's secrets; of two with one name the later counts.</param>
/// <param name="Tags">To find it by.</param>
public sealed record SandboxRequest(
    AppId AppId,
    bool IsVersion2,
    string? Name,
    SandboxDefinition Definition,
    IReadOnlyList<VariableSource> Variables,
    IReadOnlyList<SandboxTag> Tags);
