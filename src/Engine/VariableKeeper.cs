using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Secrets;

namespace Appliance.Engine;

/// <summary>Keeps what containers are given as variables. Variables may be secret, so they are stored as secrets are: encrypted.</summary>
public sealed class VariableKeeper(SecretVault secrets)
{
    /// <param name="write">The transaction.</param>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="secretIds">Secrets that come first.</param>
    /// <param name="variables">What follows, in order.</param>
    /// <param name="life">How long they are needed.</param>
    /// <returns>The secrets that hold all of it, in order.</returns>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: a secret.</exception>
    public IReadOnlyList<string> Keep(
        WriteTransaction write, Caller caller, IReadOnlyList<string> secretIds, IReadOnlyList<VariableSource> variables, TimeSpan life)
    {
        List<string> ids = [.. secretIds];
        foreach (VariableSource source in variables)
        {
            if (source.SecretId is { } id)
            {
                ids.Add(id);
            }
            else if (source.Values!.Count > 0)
            {
                ids.Add(Keep(write, caller, source.Values, life));
            }
        }

        ids.ForEach(id => ObjectDirectory.Get<SecretId>(write, caller, id));
        return ids;
    }

    private string Keep(WriteTransaction write, Caller caller, IReadOnlyDictionary<string, string> values, TimeSpan life)
    {
        ObjectRecord secret = ObjectDirectory.Create<SecretId>(
            write, caller, new ObjectRequest("", "", CreationMode.Ephemeral, Life: life + SecretVault.EphemeralLife));
        secrets.Write(write, SecretId.FromText(secret.Id), values);
        return secret.Id;
    }
}
