using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Identity;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Functions;

/// <summary>Finds functions, makes them, and keeps what they are defined as.</summary>
public static class FunctionDirectory
{
    /// <exception cref="ApplianceException">InvalidArgument: no such kind of id. NotFound: it never was, or its app has stopped.</exception>
    public static FunctionRecord Get(ReadTransaction read, Caller caller, string id)
    {
        ObjectRecord found = ObjectDirectory.Get<FunctionId>(read, caller, id);
        FunctionRecord function = FunctionRows.Find(read, FunctionId.FromText(found.Id)) ?? throw NotFound(id);

        // What belongs to a stopped app is removed in its own time; nobody may use it meanwhile.
        return AppRows.Find(read, function.AppId) is { State: not AppLife.Stopped } ? function : throw NotFound(id);
    }

    /// <summary>A function of an app that a client names again, or a new one of that name.</summary>
    /// <exception cref="ApplianceException">NotFound: app or function. InvalidArgument: the function is of another app.</exception>
    public static FunctionRecord Ensure(WriteTransaction write, Caller caller, string appId, string tag, string existingId)
    {
        ObjectRecord app = ObjectDirectory.Get<AppId>(write, caller, appId);
        if (existingId.Length > 0)
        {
            FunctionRecord present = Get(write, caller, existingId);
            return present.AppId.Text == app.Id
                ? present
                : throw new ApplianceException(ErrorKind.InvalidArgument, $"Function '{existingId}' belongs to app '{present.AppId}', not to '{appId}'.");
        }

        if (tag.Length == 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "A function needs a name; the request has none.");
        }

        var record = new FunctionRecord(Create<FunctionId>(write, caller, app), AppId.FromText(app.Id), tag);
        FunctionRows.Add(write, record);
        return record;
    }

    /// <summary>Stores a definition; it counts once the app is published.</summary>
    public static FunctionDefinitionRecord Define(WriteTransaction write, FunctionRecord function, FunctionDefinition definition, byte[] sent)
    {
        var record = new FunctionDefinitionRecord(ObjectId.Mint<DefinitionId>(), function.Id, definition.Write(), sent);
        FunctionDefinitionRows.Add(write, record);
        return record;
    }

    /// <summary>What a function is: what was published, else what it was defined as last. Bound ones are what their base is.</summary>
    public static FunctionDefinitionRecord? FindDefinition(ReadTransaction read, FunctionRecord function)
    {
        FunctionRecord origin = function.BaseId is { } from && FunctionRows.Find(read, from) is { } found ? found : function;
        return origin.DefinitionId is { } live
            ? FunctionDefinitionRows.Find(read, live)
            : FunctionDefinitionRows.FindNewest(read, origin.Id);
    }

    /// <summary>A class of an app, again or new.</summary>
    public static ClassId EnsureClass(WriteTransaction write, Caller caller, string appId, string existingId)
    {
        ObjectRecord app = ObjectDirectory.Get<AppId>(write, caller, appId);
        if (existingId.Length > 0)
        {
            return ClassId.FromText(ObjectDirectory.Get<ClassId>(write, caller, existingId).Id);
        }

        var id = Create<ClassId>(write, caller, app);
        ClassRows.Add(write, id, AppId.FromText(app.Id));
        return id;
    }

    /// <summary>The function that is bound from another with just these parameters and options; made when it is new.</summary>
    public static FunctionRecord Bind(WriteTransaction write, Caller caller, FunctionRecord from, byte[] parameters, byte[] options)
    {
        FunctionRecord origin = from.BaseId is { } first && FunctionRows.Find(write, first) is { } found ? found : from;
        Digest binding = Digest.Of([.. Digest.Of(parameters).ToArray(), .. Digest.Of(options).ToArray()]);
        if (FunctionRows.FindBound(write, origin.Id, binding) is { } present)
        {
            return present;
        }

        ObjectRecord app = ObjectDirectory.Get<AppId>(write, caller, origin.AppId.Text);
        var record = new FunctionRecord(
            Create<FunctionId>(write, caller, app), origin.AppId, origin.Tag, BaseId: origin.Id, Parameters: parameters, Options: options);
        FunctionRows.Add(write, record, binding);
        return record;
    }

    /// <summary>What a deployed app has under a name.</summary>
    /// <param name="read">The transaction.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="environment">Where; empty for the default.</param>
    /// <param name="appName">Deployed there.</param>
    /// <param name="version">0 for the one that is live.</param>
    /// <exception cref="ApplianceException">NotFound: the app, its deployment, or the version.</exception>
    public static (ObjectRecord App, AppLayout Layout) GetDeployed(ReadTransaction read, Caller caller, string environment, string appName, int version)
    {
        ObjectRecord app = ObjectDirectory.GetByName<AppId>(read, caller, environment, appName);
        AppRecord? facts = AppRows.Find(read, AppId.FromText(app.Id));
        if (facts is not { State: AppLife.Deployed })
        {
            throw new ApplianceException(ErrorKind.NotFound, $"App '{appName}' has not been deployed: run 'modal deploy' on its program.");
        }

        AppVersionRecord record = AppVersionRows.Find(read, facts.Id, version == 0 ? facts.Version : version)
            ?? throw new ApplianceException(ErrorKind.NotFound, $"App '{appName}' has no version {version}; its newest is {facts.Version}.");
        return (app, AppLayout.Read(record.Layout));
    }

    public static ApplianceException NotFound(string id) => new(ErrorKind.NotFound, $"Function '{id}' not found: its app was stopped, or it never existed.");

    private static TId Create<TId>(WriteTransaction write, Caller caller, ObjectRecord app)
        where TId : struct, IObjectId<TId> => ObjectDirectory.CreateIn<TId>(write, caller, app).IdAs<TId>();
}
