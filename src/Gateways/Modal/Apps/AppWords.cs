using Appliance.Core.Ids;
using Appliance.Gateways.Modal.Objects;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>Apps in this protocol's words.</summary>
internal static class AppWords
{
    public static AppState ToState(AppLife life) => life switch
    {
        AppLife.Initializing => AppState.Initializing,
        AppLife.Ephemeral => AppState.Ephemeral,
        AppLife.Detached => AppState.Detached,
        AppLife.Deployed => AppState.Deployed,
        _ => AppState.Stopped,
    };

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument.</exception>
    public static AppLife ToLife(AppState state) => state switch
    {
        AppState.Initializing => AppLife.Initializing,
        AppState.Detached => AppLife.Detached,
        AppState.Unspecified or AppState.Ephemeral => AppLife.Ephemeral,
        _ => throw new Core.Errors.ApplianceException(Core.Errors.ErrorKind.InvalidArgument, $"An app cannot begin as {state}."),
    };

    /// <summary>All but which functions it has.</summary>
    public static AppHandleMetadata Describe(ReadTransaction read, AppRecord app) => new()
    {
        AppId = app.Id.Text,
        Description = app.Description,
        EnvironmentName = Metadata.Identity.Environments.Find(read, app.EnvironmentId)?.Name ?? "",
        Lifecycle = Lifecycle(app),
    };

    public static AppLifecycle Lifecycle(ReadTransaction read, ObjectRecord app) =>
        AppRows.Find(read, AppId.FromText(app.Id)) is { } facts ? Lifecycle(facts) : new AppLifecycle
        {
            AppState = AppState.Deployed,
            CreatedAt = ObjectCalls.ToUnixSeconds(app.CreatedAt),
            CreatedBy = app.CreatedBy,
        };

    public static AppLifecycle Lifecycle(AppRecord app) => new()
    {
        AppState = ToState(app.State),
        CreatedAt = ObjectCalls.ToUnixSeconds(app.CreatedAt),
        CreatedBy = app.CreatedBy,
        DeployedAt = app.DeployedAt is { } deployed ? ObjectCalls.ToUnixSeconds(deployed) : 0,
        Version = app.Version,
        StoppedAt = app.StoppedAt is { } stopped ? ObjectCalls.ToUnixSeconds(stopped) : 0,
    };
}
