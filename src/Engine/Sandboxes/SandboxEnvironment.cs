using Appliance.Core.Ids;
using Appliance.Engine.Functions;
using Appliance.Engine.Packages;
using Appliance.Identity;
using Appliance.Images.Catalog;
using Appliance.Metadata;
using Appliance.Secrets;

namespace Appliance.Engine.Sandboxes;

/// <summary>
/// The environment variables of a sandbox: the image's, what the platform tells, then secrets in their order; where packages
/// are, if none of these say it.
/// </summary>
public sealed class SandboxEnvironment(MetadataStore store, SecretVault secrets, SandboxIdentity identity, PackageVariables packages, FunctionOutfit outfit)
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Each as NAME=VALUE, no name twice.</summary>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: a secret. FailedPrecondition: secrets cannot be read.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(
        LiveSandbox sandbox, Image image, IReadOnlyList<string> secretIds, bool hasTerminal, CancellationToken cancellation)
    {
        Dictionary<string, string> variables = [];
        Add(variables, [DefaultPath, "HOME=/root", "LANG=C.UTF-8"]);
        Add(variables, image.Config.Run.Env ?? []);
        Add(variables, sandbox.Definition.Function is null ? OfSandbox(sandbox, image) : outfit.Variables(sandbox));
        if (hasTerminal)
        {
            Add(variables, ["TERM=xterm-256color"]);
        }

        if (sandbox.Definition.HasIdentityToken)
        {
            variables["MODAL_IDENTITY_TOKEN"] = await identity.IssueAsync(sandbox);
        }

        foreach ((string name, string value) in await ReadSecretsAsync(sandbox.Owner, secretIds, cancellation))
        {
            variables[name] = value;
        }

        await packages.AddAsync(variables, sandbox.Definition.Network);
        return [.. variables.Select(each => $"{each.Key}={each.Value}")];
    }

    /// <summary>The values of secrets, in order; of two with one name the later counts.</summary>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: a secret. FailedPrecondition: secrets cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadSecretsAsync(
        Caller caller, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        Dictionary<string, string> variables = [];
        if (ids.Count > 0)
        {
            await store.WriteAsync(
                write =>
                {
                    foreach (string id in ids)
                    {
                        foreach ((string name, string value) in secrets.Read(write, caller, ObjectId.Read<SecretId>(id)))
                        {
                            variables[name] = value;
                        }
                    }
                },
                cancellation);
        }

        return variables;
    }

    private static string[] OfSandbox(LiveSandbox sandbox, Image image) =>
    [
        $"MODAL_SANDBOX_ID={sandbox.Id}",
        $"MODAL_TASK_ID={sandbox.TaskId}",
        $"MODAL_IMAGE_ID={image.Id}",
        "MODAL_IS_REMOTE=1",
        "MODAL_CLOUD_PROVIDER=CLOUD_PROVIDER_UNSPECIFIED",
        "MODAL_REGION=local",
    ];

    private static void Add(Dictionary<string, string> variables, IEnumerable<string> assignments)
    {
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables[assignment[..equals]] = assignment[(equals + 1)..];
            }
        }
    }
}
