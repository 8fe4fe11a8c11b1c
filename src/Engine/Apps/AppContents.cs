using Appliance.Core.Ids;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Apps;

/// <summary>What goes with an app that is over: its anonymous objects at once, its sandboxes as soon as they can be ended.</summary>
public sealed class AppContents : IObjectContents
{
    public string Kind => AppId.Prefix;

    /// <summary>Ends what still runs. To be set by whoever runs things.</summary>
    public Action<AppId>? Removed { get; set; }

    public bool RemoveSome(WriteTransaction write, string id)
    {
        AppId app = AppId.FromText(id);
        ObjectDirectory.DeleteOwnedBy(write, app);
        AppRows.SetStopped(write, app);
        foreach (SandboxRecord sandbox in SandboxRows.ListLive(write, app))
        {
            SandboxRows.SetEnding(write, sandbox.Id, SandboxEnding.Terminated);
        }

        return true;
    }

    public void AfterRemoval(string id) => Removed?.Invoke(AppId.FromText(id));
}
