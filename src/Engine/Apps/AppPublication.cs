using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Schedules;
using Appliance.Identity;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Apps;

/// <summary>Makes what was defined of an app what it is, at once: a new version.</summary>
public static class AppPublication
{
    /// <exception cref="ApplianceException">NotFound: the app stopped, or never was.</exception>
    public static AppRecord Get(ReadTransaction read, Caller caller, string id)
    {
        ObjectDirectory.Get<AppId>(read, caller, id);
        return AppRows.Find(read, AppId.FromText(id)) ?? throw new ApplianceException(ErrorKind.NotFound, $"App '{id}' has no functions: it only names sandboxes.");
    }

    /// <summary>Publishes a layout.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="caller">Who does it.</param>
    /// <param name="app">What.</param>
    /// <param name="layout">Its functions and classes from now on.</param>
    /// <param name="facts">What the client said of it.</param>
    /// <param name="name">Under which it is deployed; null for one that is not.</param>
    /// <returns>The version.</returns>
    public static int Publish(WriteTransaction write, Caller caller, AppRecord app, AppLayout layout, byte[] facts, string? name)
    {
        int version = AppVersionRows.LastNumber(write, app.Id) + 1;
        if (name is not null)
        {
            ObjectDirectory.Establish<AppId>(write, caller, app.Id.Text, name);
        }

        foreach (AppFunction function in layout.Functions.Values)
        {
            FunctionRecord present = FunctionDirectory.Get(write, caller, function.Id);
            if (!present.AppId.Equals(app.Id))
            {
                throw new ApplianceException(ErrorKind.InvalidArgument, $"Function '{function.Id}' belongs to app '{present.AppId}', not to '{app.Id}'.");
            }

            FunctionRows.SetDefinition(write, present.Id, DefinitionId.FromText(function.DefinitionId));
            if (name is not null)
            {
                FunctionDefinition definition = FunctionDefinition.Read(FunctionDefinitionRows.Find(write, DefinitionId.FromText(function.DefinitionId))!.Definition);
                FunctionSchedules.Restart(write, present.Id, definition.Schedule);
            }
        }

        Drop(write, app, layout);

        AppVersionRows.Add(write, app.Id, new AppVersionRecord(version, layout.Write(), facts, write.Now, caller.TokenName));
        AppRows.SetVersion(write, app.Id, version);
        if (name is not null)
        {
            AppRows.SetDeployed(write, app.Id, name);
        }

        return version;
    }

    /// <summary>Keeps a layout as a version that is not used until somebody publishes it.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: nothing is deployed that it could wait behind.</exception>
    public static void Stage(WriteTransaction write, Caller caller, AppRecord app, AppLayout layout, byte[] facts)
    {
        if (app.State != AppLife.Deployed)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"App '{app.Description}' is not deployed yet: its first deployment cannot be a staged one.");
        }

        int version = AppVersionRows.LastNumber(write, app.Id) + 1;
        AppVersionRows.Add(write, app.Id, new AppVersionRecord(version, layout.Write(), facts, write.Now, caller.TokenName));
    }

    /// <summary>What is not in the layout any more is not started, and answers nothing, until it is taken back.</summary>
    private static void Drop(WriteTransaction write, AppRecord app, AppLayout layout)
    {
        HashSet<string> kept = [.. layout.Functions.Values.Select(each => each.Id)];
        foreach (FunctionRecord gone in FunctionRows.List(write, app.Id).Where(each => each.BaseId is null && !kept.Contains(each.Id.Text)))
        {
            FunctionRows.ClearDefinition(write, gone.Id);
            ScheduleRows.Delete(write, gone.Id);
            WebNameRows.DeleteAll(write, gone.Id);
        }
    }

    /// <summary>What a function is to be: what the client names, else what was defined last.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it was never defined.</exception>
    public static AppFunction Choose(ReadTransaction read, string functionId, string definitionId)
    {
        var id = ObjectId.Read<FunctionId>(functionId);
        FunctionDefinitionRecord? definition = definitionId.Length > 0
            ? FunctionDefinitionRows.Find(read, ObjectId.Read<DefinitionId>(definitionId))
            : FunctionDefinitionRows.FindNewest(read, id);
        return definition is not null && definition.FunctionId.Equals(id)
            ? new AppFunction(functionId, definition.Id.Text)
            : throw new ApplianceException(ErrorKind.FailedPrecondition, $"Function '{functionId}' was never defined: create it before the app is published.");
    }
}
