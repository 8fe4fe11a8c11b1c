using System.Collections.Concurrent;
using Appliance.Core.Ids;
using Appliance.Metadata.Identity;

namespace Appliance.Identity.Tokens;

/// <summary>
/// Tokens that were looked up lately, so that a request costs no read. A token that changes while it is being read is
/// not kept: otherwise a revoked one could come back.
/// </summary>
internal sealed class VerifiedTokens
{
    // Only ids that exist get in, so this bounds what many tokens may take, not what an attacker may send.
    private const int CountMax = 10_000;

    private readonly ConcurrentDictionary<TokenId, TokenRecord> records = new();
    private readonly Lock changing = new();
    private long changes;

    public TokenRecord? Find(TokenId id, Func<TokenId, TokenRecord?> read)
    {
        if (records.TryGetValue(id, out TokenRecord? known))
        {
            return known;
        }

        long before = Volatile.Read(ref changes);
        TokenRecord? record = read(id);
        if (record is null)
        {
            return null;
        }

        lock (changing)
        {
            if (changes == before && records.Count < CountMax)
            {
                records[id] = record;
            }
        }

        return record;
    }

    public void Forget(TokenId id)
    {
        lock (changing)
        {
            changes++;
            records.TryRemove(id, out _);
        }
    }
}
