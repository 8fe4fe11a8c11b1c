using Appliance.Core.Ids;
using Appliance.Identity.WorkloadTokens;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;

namespace Appliance.Engine.Sandboxes;

/// <summary>The token with which a sandbox proves to others what it is.</summary>
public sealed class SandboxIdentity(MetadataStore store, WorkloadTokenSigner signer)
{
    /// <summary>Good for as long as the sandbox may last.</summary>
    public Task<string> IssueAsync(LiveSandbox sandbox)
    {
        Metadata.Sandboxes.SandboxRecord record = sandbox.Record;
        (string? environment, string? app) = store.Read(read => (
            EnvironmentRows.Find(read, record.EnvironmentId)?.Name,
            ObjectRows.Find(read, record.AppId.Text)?.Name));
        var subject = new WorkloadSubject(
            record.WorkspaceId.Text, record.EnvironmentId.Text, environment ?? "", record.AppId.Text, app ?? "", record.TaskId.Text);
        return signer.IssueAsync(subject, TimeSpan.FromSeconds(sandbox.Definition.TimeoutSeconds));
    }
}
