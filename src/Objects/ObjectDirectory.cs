using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;

namespace Appliance.Objects;

/// <summary>
/// Finds, makes and removes objects of every kind: a name within an environment, an owner, a life time. What an object
/// holds is the business of the capability that its kind belongs to. A caller sees the objects of its own workspace.
/// </summary>
public static class ObjectDirectory
{
    /// <summary>How long an ephemeral object outlives its last heartbeat; clients send one every 300 s.</summary>
    public static readonly TimeSpan EphemeralLife = TimeSpan.FromMinutes(16);

    /// <exception cref="ApplianceException">InvalidArgument: no such kind of id. NotFound.</exception>
    public static ObjectRecord Get<TId>(ReadTransaction read, Caller caller, string id)
        where TId : struct, IObjectId<TId> =>
        ObjectRows.Find(read, caller.WorkspaceId, ObjectId.Read<TId>(id).Text)
        ?? throw new ApplianceException(ErrorKind.NotFound, $"{Title<TId>()} '{id}' not found: it was deleted, or never existed.");

    /// <exception cref="ApplianceException">NotFound: the environment.</exception>
    public static ObjectRecord? Find<TId>(ReadTransaction read, Caller caller, string environment, string name)
        where TId : struct, IObjectId<TId> =>
        ObjectRows.FindByName(read, EnvironmentDirectory.Get(read, caller, environment).Id, TId.Prefix, name);

    /// <exception cref="ApplianceException">InvalidArgument: the name. NotFound: the object or the environment.</exception>
    public static ObjectRecord GetByName<TId>(ReadTransaction read, Caller caller, string environment, string name)
        where TId : struct, IObjectId<TId>
    {
        ObjectNames.Check(TId.Noun, name);
        EnvironmentRecord place = EnvironmentDirectory.Get(read, caller, environment);
        return ObjectRows.FindByName(read, place.Id, TId.Prefix, name)
            ?? throw new ApplianceException(ErrorKind.NotFound, $"{Title<TId>()} '{name}' not found in environment '{place.Name}'.");
    }

    /// <summary>A page of the named objects of an environment, newest first.</summary>
    public static IReadOnlyList<ObjectRecord> List<TId>(
        ReadTransaction read, EnvironmentRecord environment, DateTimeOffset createdBefore, int countMax)
        where TId : struct, IObjectId<TId> => ObjectRows.List(read, environment.Id, TId.Prefix, createdBefore, countMax);

    /// <summary>Makes a new object as asked for; the mode is any but <see cref="CreationMode.LookUp"/>.</summary>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: the name. AlreadyExists: it is taken. NotFound: the environment.
    /// </exception>
    public static ObjectRecord Create<TId>(WriteTransaction write, Caller caller, ObjectRequest request)
        where TId : struct, IObjectId<TId>
    {
        EnvironmentRecord place = EnvironmentDirectory.Get(write, caller, request.EnvironmentName);
        bool isNamed = request.Mode is CreationMode.CreateIfMissing or CreationMode.CreateNew or CreationMode.Overwrite;
        if (isNamed)
        {
            FreeName<TId>(write, place, request);
        }

        var record = new ObjectRecord(
            ObjectId.Mint<TId>().Text,
            place.Id,
            isNamed ? request.Name : null,
            request.Mode == CreationMode.OwnedByApp ? OwnerOf(request) : null,
            request.Mode == CreationMode.Ephemeral ? write.Now + (request.Life ?? EphemeralLife) : null,
            write.Now,
            caller.TokenName);
        ObjectRows.Add(write, TId.Prefix, record);
        return record;
    }

    /// <summary>Makes an anonymous object that goes with an app, in the app's environment.</summary>
    public static ObjectRecord CreateIn<TId>(WriteTransaction write, Caller caller, ObjectRecord app)
        where TId : struct, IObjectId<TId>
    {
        var record = new ObjectRecord(
            ObjectId.Mint<TId>().Text, app.EnvironmentId, null, AppId.FromText(app.Id), null, write.Now, caller.TokenName);
        ObjectRows.Add(write, TId.Prefix, record);
        return record;
    }

    /// <summary>Gives an ephemeral object a name, and with it a life without end.</summary>
    /// <exception cref="ApplianceException">NotFound. InvalidArgument: the name. AlreadyExists: it is taken.</exception>
    public static void Establish<TId>(WriteTransaction write, Caller caller, string id, string name)
        where TId : struct, IObjectId<TId>
    {
        ObjectNames.Check(TId.Noun, name);
        ObjectRecord present = Get<TId>(write, caller, id);
        if (present.Name == name)
        {
            return;
        }

        if (ObjectRows.FindByName(write, present.EnvironmentId, TId.Prefix, name) is not null)
        {
            throw new ApplianceException(ErrorKind.AlreadyExists, $"{Title<TId>()} '{name}' already exists: choose another name.");
        }

        ObjectRows.Establish(write, id, name);
    }

    /// <exception cref="ApplianceException">NotFound. InvalidArgument: the name. AlreadyExists: it is taken.</exception>
    public static void Rename<TId>(WriteTransaction write, Caller caller, string id, string name)
        where TId : struct, IObjectId<TId>
    {
        ObjectNames.Check(TId.Noun, name);
        ObjectRecord present = Get<TId>(write, caller, id);
        if (present.Name is null)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"{Title<TId>()} '{id}' is anonymous and cannot be given a name.");
        }

        if (ObjectRows.FindByName(write, present.EnvironmentId, TId.Prefix, name) is { } holder && holder.Id != id)
        {
            throw new ApplianceException(ErrorKind.AlreadyExists, $"{Title<TId>()} '{name}' already exists: choose another name.");
        }

        ObjectRows.Rename(write, id, name);
    }

    /// <summary>Keeps an ephemeral object alive; nothing happens to one that lives on anyway.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public static void Heartbeat<TId>(WriteTransaction write, Caller caller, string id, TimeSpan? life = null)
        where TId : struct, IObjectId<TId>
    {
        Get<TId>(write, caller, id);
        ObjectRows.Extend(write, id, write.Now + (life ?? EphemeralLife));
    }

    /// <summary>The object is gone for clients at once; what it holds is removed in the background.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public static void Delete<TId>(WriteTransaction write, Caller caller, string id)
        where TId : struct, IObjectId<TId> => ObjectRows.Remove(write, Get<TId>(write, caller, id).Id);

    /// <summary>Removes what goes with an app.</summary>
    public static void DeleteOwnedBy(WriteTransaction write, AppId app) => RemoveAll(write, ObjectRows.ListOfApp(write, app));

    /// <summary>Removes what goes with an environment.</summary>
    public static void DeleteIn(WriteTransaction write, EnvironmentRecord environment) =>
        RemoveAll(write, ObjectRows.ListOfEnvironment(write, environment.Id));

    private static void RemoveAll(WriteTransaction write, IReadOnlyList<ObjectRecord> records)
    {
        foreach (ObjectRecord record in records)
        {
            ObjectRows.Remove(write, record.Id);
        }
    }

    private static void FreeName<TId>(WriteTransaction write, EnvironmentRecord place, ObjectRequest request)
        where TId : struct, IObjectId<TId>
    {
        ObjectNames.Check(TId.Noun, request.Name);
        if (ObjectRows.FindByName(write, place.Id, TId.Prefix, request.Name) is not { } holder)
        {
            return;
        }

        if (request.Mode != CreationMode.Overwrite)
        {
            throw new ApplianceException(
                ErrorKind.AlreadyExists, $"{Title<TId>()} '{request.Name}' already exists in environment '{place.Name}'.");
        }

        ObjectRows.Remove(write, holder.Id);
    }

    private static AppId OwnerOf(ObjectRequest request) => request.AppId
        ?? throw new ApplianceException(ErrorKind.InvalidArgument, "An anonymous object needs the id of the app that owns it.");

    private static string Title<TId>()
        where TId : struct, IObjectId<TId> => char.ToUpperInvariant(TId.Noun[0]) + TId.Noun[1..];
}
