using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Sandboxes;

/// <summary>Finds sandboxes, and keeps what is said about them: names, tags.</summary>
public sealed class SandboxDirectory(MetadataStore store)
{
    private const int NameLengthMax = 64;

    /// <exception cref="ApplianceException">NotFound.</exception>
    public SandboxRecord Get(Caller caller, SandboxId id) => store.Read(read => Get(read, caller, id));

    /// <exception cref="ApplianceException">NotFound.</exception>
    public static SandboxRecord Get(ReadTransaction read, Caller caller, SandboxId id) =>
        SandboxRows.Find(read, caller.WorkspaceId, id) ?? throw SandboxErrors.NotFound(id);

    /// <summary>The sandbox whose container has the id.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public SandboxRecord GetByTask(Caller caller, TaskId task) =>
        store.Read(read => SandboxRows.FindByTask(read, task) is { } found && found.WorkspaceId == caller.WorkspaceId ? found : null)
        ?? throw SandboxErrors.NoSuchTask(task.Text);

    /// <summary>The running sandbox of a name, or the newest that had it.</summary>
    /// <exception cref="ApplianceException">NotFound: the sandbox, the app or the environment.</exception>
    public SandboxRecord GetByName(Caller caller, string environment, string app, string name, bool includeEnded) => store.Read(read =>
    {
        ObjectRecord owner = ObjectDirectory.GetByName<AppId>(read, caller, environment, app);
        return SandboxRows.FindByName(read, AppId.FromText(owner.Id), name, includeEnded) ?? throw new ApplianceException(
            ErrorKind.NotFound, $"Sandbox with name '{name}' not found in app '{app}': it has ended, or was never created.");
    });

    /// <summary>A page, newest first.</summary>
    public IReadOnlyList<(SandboxRecord Sandbox, IReadOnlyList<SandboxTag> Tags)> List(
        Caller caller, string environment, Func<EnvironmentRecord, SandboxQuery> query) => store.Read(read =>
        {
            SandboxQuery wanted = query(EnvironmentDirectory.Get(read, caller, environment));
            return SandboxRows.List(read, wanted)
                .Select(found => (found, SandboxTags.List(read, found.Id)))
                .ToList();
        });

    public IReadOnlyList<SandboxTag> ListTags(Caller caller, SandboxId id) =>
        store.Read(read => SandboxTags.List(read, Get(read, caller, id).Id));

    /// <exception cref="ApplianceException">NotFound. InvalidArgument: a tag without a name.</exception>
    public Task SetTagsAsync(Caller caller, SandboxId id, IReadOnlyList<SandboxTag> tags, CancellationToken cancellation)
    {
        CheckTags(tags);
        return store.WriteAsync(write => SandboxTags.Replace(write, Get(write, caller, id).Id, tags), cancellation);
    }

    /// <summary>Gives a running sandbox the name that it was created without.</summary>
    /// <exception cref="ApplianceException">
    /// NotFound. InvalidArgument: the name. AlreadyExists: it is taken. FailedPrecondition: it has a name, or has ended.
    /// </exception>
    public Task SetNameAsync(Caller caller, SandboxId id, string name, CancellationToken cancellation)
    {
        CheckName(name);
        return store.WriteAsync(
            write =>
            {
                SandboxRecord present = Get(write, caller, id);
                if (present.EndedAt is not null)
                {
                    throw SandboxErrors.Ended(id);
                }

                if (present.Name is { } old)
                {
                    throw new ApplianceException(ErrorKind.FailedPrecondition, $"Sandbox '{id}' already has a name, '{old}', and keeps it.");
                }

                CheckFree(write, present.AppId, name);
                SandboxRows.SetName(write, id, name);
            },
            cancellation);
    }

    /// <exception cref="ApplianceException">AlreadyExists.</exception>
    public static void CheckFree(ReadTransaction read, AppId app, string name)
    {
        if (SandboxRows.FindByName(read, app, name, includeEnded: false) is not null)
        {
            throw SandboxErrors.NameTaken(name);
        }
    }

    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > NameLengthMax || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Invalid sandbox name: names have 1 to {NameLengthMax} letters, digits, dashes, periods and underscores.");
        }
    }

    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static void CheckTags(IReadOnlyList<SandboxTag> tags)
    {
        if (tags.Any(tag => tag.Name.Length == 0))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "A tag needs a name.");
        }
    }
}
