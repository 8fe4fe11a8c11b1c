using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Identity;

namespace Appliance.Identity.Tokens;

/// <summary>Issues, lists, revokes and verifies tokens.</summary>
public sealed class TokenAuthority(MetadataStore store, WorkspaceModel workspace, TimeProvider clock)
{
    public const int NameLengthMax = 100;

    private readonly VerifiedTokens verified = new();

    /// <param name="name">For people; 1 to 100 characters.</param>
    /// <param name="lifetime">Null: the token does not expire.</param>
    /// <exception cref="ApplianceException">InvalidArgument: the name or the lifetime.</exception>
    public Task<IssuedToken> IssueAsync(string name, TimeSpan? lifetime, CancellationToken cancellation = default) =>
        AddAsync(ObjectId.Mint<TokenId>(), TokenSecret.Mint(), name, lifetime, cancellation);

    /// <summary>As <see cref="IssueAsync"/>, with a token that was minted, and perhaps noted down, beforehand.</summary>
    public async Task<IssuedToken> AddAsync(
        TokenId id, string secret, string name, TimeSpan? lifetime, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > NameLengthMax || name.Any(char.IsControl))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{name}' is no name for a token: use 1 to {NameLengthMax} printable characters.");
        }

        if (lifetime <= TimeSpan.Zero)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Token '{name}' would expire at once: give it a positive lifetime, such as 30d.");
        }

        return await store.WriteAsync(
            write =>
            {
                var record = new TokenRecord(
                    id, workspace.Id, name, TokenSecret.Hash(secret), write.Now, write.Now + lifetime, RevokedAt: null);
                Metadata.Identity.Tokens.Add(write, record);
                return new IssuedToken(id, secret, name, record.ExpiresAt);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <summary>All tokens, revoked and expired ones too, oldest first.</summary>
    public IReadOnlyList<TokenRecord> List() => store.Read(read => Metadata.Identity.Tokens.List(read, workspace.Id));

    public TokenRecord? Find(TokenId id) => store.Read(read => Metadata.Identity.Tokens.Find(read, id));

    /// <summary>Once this returns, no request with the token is accepted. Revoking twice is no error.</summary>
    /// <exception cref="ApplianceException">NotFound: there is no such token.</exception>
    public async Task RevokeAsync(TokenId id, CancellationToken cancellation = default)
    {
        await store.WriteAsync(
            write =>
            {
                if (Metadata.Identity.Tokens.Find(write, id) is null)
                {
                    throw new ApplianceException(ErrorKind.NotFound, $"Token '{id}' does not exist: 'appliance token list' shows those that do.");
                }

                Metadata.Identity.Tokens.Revoke(write, id);
            },
            cancellation).ConfigureAwait(false);
        verified.Forget(id);
    }

    /// <summary>The caller that these credentials belong to; null when they are wrong, revoked or expired.</summary>
    public Caller? Verify(string? idText, string? secret)
    {
        if (secret is null || !ObjectId.TryRead(idText, out TokenId id) || FindLive(id) is not { } record)
        {
            return null;
        }

        return record.HasSecret(TokenSecret.Hash(secret)) ? new Caller(record.WorkspaceId, record.Id, record.Name) : null;
    }

    /// <summary>The caller of a token that was verified before, such as the one a web token names.</summary>
    public Caller? FindCaller(TokenId id) =>
        FindLive(id) is { } record ? new Caller(record.WorkspaceId, record.Id, record.Name) : null;

    /// <summary>To be called when a stored token has changed.</summary>
    internal void Forget(TokenId id) => verified.Forget(id);

    private TokenRecord? FindLive(TokenId id) =>
        verified.Find(id, Find) is { } record && record.IsLiveAt(clock.GetUtcNow()) ? record : null;
}
