using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;
using Appliance.Identity.Tokens;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using Table = Appliance.Metadata.Identity.ProxyTokens;

namespace Appliance.Identity.ProxyTokens;

/// <summary>
/// Tokens for callers of web functions, which open nothing else (contracts/modal.md §5). One opens every environment
/// until it is allowed for a certain one; from then on it opens those it is allowed for.
/// </summary>
public sealed class ProxyTokenAuthority(MetadataStore store)
{
    private const string SecretPrefix = "ws";

    public static (ProxyTokenRecord Record, string Secret) Create(WriteTransaction write, Caller caller, string name, bool isScoped)
    {
        string secret = ObjectIdText.MintSecret(SecretPrefix);
        var record = new ProxyTokenRecord(
            ObjectId.Mint<ProxyTokenId>(), caller.WorkspaceId, CheckName(name), TokenSecret.Hash(secret), isScoped, write.Now);
        Table.Add(write, record);
        return (record, secret);
    }

    /// <summary>The name itself; it may be empty.</summary>
    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static string CheckName(string name) => name.Length <= TokenAuthority.NameLengthMax && !name.Any(char.IsControl)
        ? name
        : throw new ApplianceException(
            ErrorKind.InvalidArgument, $"A proxy token's name has at most {TokenAuthority.NameLengthMax} printable characters.");

    /// <exception cref="ApplianceException">InvalidArgument: no id of a proxy token. NotFound.</exception>
    public static ProxyTokenRecord Get(ReadTransaction read, Caller caller, string id) =>
        Table.Find(read, ObjectId.Read<ProxyTokenId>(id)) is { } found && found.WorkspaceId == caller.WorkspaceId
            ? found
            : throw new ApplianceException(ErrorKind.NotFound, $"Proxy token '{id}' does not exist: 'modal workspace proxy-tokens list' shows those that do.");

    /// <exception cref="ApplianceException">NotFound. FailedPrecondition: the token opens every environment.</exception>
    public static void Forbid(WriteTransaction write, Caller caller, string id, EnvironmentRecord environment)
    {
        ProxyTokenRecord token = Get(write, caller, id);
        if (!token.IsScoped)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"Proxy token '{id}' opens every environment: allow it for those it shall open, and it opens no other.");
        }

        Table.Forbid(write, token.Id, environment.Id);
    }

    public static bool Opens(ReadTransaction read, ProxyTokenRecord token, EnvironmentRecord environment) =>
        token.WorkspaceId == environment.WorkspaceId && (!token.IsScoped || Table.IsAllowed(read, token.Id, environment.Id));

    /// <summary>Whether these credentials open the environment's web functions.</summary>
    public bool Verify(string id, string secret, EnvironmentRecord environment) =>
        ObjectId.TryRead(id, out ProxyTokenId known) && store.Read(read =>
            Table.Find(read, known) is { } token
            && token.SecretHash.EqualsInConstantTime(TokenSecret.Hash(secret))
            && Opens(read, token, environment));
}
