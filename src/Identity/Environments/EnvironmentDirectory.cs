using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using Table = Appliance.Metadata.Identity.Environments;

namespace Appliance.Identity.Environments;

/// <summary>
/// The environments of a workspace. An empty name means the default one, wherever a name is asked for. Changes take a
/// transaction, so that a gateway can join them with what must be durable at the same moment.
/// </summary>
public sealed class EnvironmentDirectory(MetadataStore store)
{
    public IReadOnlyList<EnvironmentRecord> List(Caller caller) => store.Read(read => Table.List(read, caller.WorkspaceId));

    /// <exception cref="ApplianceException">NotFound.</exception>
    public EnvironmentRecord Get(Caller caller, string name) => store.Read(read => Get(read, caller, name));

    public EnvironmentRecord? Find(Caller caller, string name) => store.Read(read => Find(read, caller, name));

    /// <exception cref="ApplianceException">InvalidArgument: the name. AlreadyExists: it is taken.</exception>
    public static EnvironmentRecord Create(WriteTransaction write, Caller caller, string name)
    {
        EnvironmentNames.Check(name);
        var record = new EnvironmentRecord(
            ObjectId.Mint<EnvironmentId>(),
            caller.WorkspaceId,
            name,
            EnvironmentNames.SuffixOf(name),
            Table.FindDefault(write, caller.WorkspaceId)?.ImageBuilderVersion ?? ImageBuilderVersions.Newest,
            EnvironmentRole.Named,
            write.Now,
            caller.TokenId);
        Table.Add(write, record);
        return record;
    }

    /// <summary>Changes what is given; null keeps what is there.</summary>
    /// <exception cref="ApplianceException">NotFound; InvalidArgument: a name; AlreadyExists: the new name is taken.</exception>
    public static EnvironmentRecord Update(WriteTransaction write, Caller caller, string name, string? newName, string? newSuffix)
    {
        EnvironmentRecord present = Get(write, caller, name);
        if (newName is not null)
        {
            EnvironmentNames.Check(newName);
        }

        if (newSuffix is not null)
        {
            EnvironmentNames.CheckSuffix(newSuffix);
        }

        EnvironmentRecord changed = present with
        {
            Name = newName ?? present.Name,
            WebhookSuffix = newSuffix ?? present.WebhookSuffix,
        };
        Table.Update(write, changed);
        return changed;
    }

    /// <exception cref="ApplianceException">NotFound. FailedPrecondition: it is the default.</exception>
    public static void Delete(WriteTransaction write, Caller caller, string name)
    {
        EnvironmentRecord present = Get(write, caller, name);
        if (present.Role == EnvironmentRole.Default)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Environment '{present.Name}' is the default one and cannot be deleted.");
        }

        Table.Delete(write, present.Id);
    }

    public static EnvironmentRecord? Find(ReadTransaction read, Caller caller, string name) => name.Length == 0
        ? Table.FindDefault(read, caller.WorkspaceId)
        : Table.FindByName(read, caller.WorkspaceId, name);

    /// <exception cref="ApplianceException">NotFound.</exception>
    public static EnvironmentRecord Get(ReadTransaction read, Caller caller, string name) =>
        Find(read, caller, name)
        ?? throw new ApplianceException(
            ErrorKind.NotFound, $"Environment '{name}' not found: 'modal environment list' shows those that exist, 'modal environment create {name}' makes it.");

    /// <exception cref="ApplianceException">InvalidArgument: no id of an environment. NotFound.</exception>
    public static EnvironmentRecord GetById(ReadTransaction read, Caller caller, string id) =>
        Table.Find(read, ObjectId.Read<EnvironmentId>(id)) is { } found && found.WorkspaceId == caller.WorkspaceId
            ? found
            : throw new ApplianceException(ErrorKind.NotFound, $"Environment '{id}' not found: 'modal environment list' shows those that exist.");

    /// <summary>Requests that name no environment mean this one from now on.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public static void MakeDefault(WriteTransaction write, Caller caller, string name) =>
        Table.MakeDefault(write, Get(write, caller, name));

    /// <summary>Chooses the recipe by which clients build images, in every environment.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: clients know no such recipe.</exception>
    public static void SetImageBuilderVersion(WriteTransaction write, Caller caller, string version)
    {
        if (!ImageBuilderVersions.All.Contains(version))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"'{version}' is no image builder version: there are {string.Join(", ", ImageBuilderVersions.All)}.");
        }

        foreach (EnvironmentRecord environment in Table.List(write, caller.WorkspaceId))
        {
            Table.Update(write, environment with { ImageBuilderVersion = version });
        }
    }
}
