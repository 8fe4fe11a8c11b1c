using Appliance.Core.Errors;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Idempotency;

/// <summary>The table of keys already seen, each with the reply that was given.</summary>
public static class IdempotencyKeys
{
    /// <summary>
    /// For how long a key is known at least. Clients repeat a call at most three times, a second apart, and wait for a
    /// new connection for 63 s at most (contracts/modal.md §1).
    /// </summary>
    public static readonly TimeSpan Retention = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Does the work once: the first time runs it and stores its reply in the same transaction, so that both are on disk
    /// or neither is; every later time answers the stored reply. Work that throws stores nothing and may be repeated.
    /// </summary>
    /// <exception cref="ApplianceException">InvalidArgument: the key came before with another request.</exception>
    public static byte[] Once(WriteTransaction write, IdempotentRequest request, Func<WriteTransaction, byte[]> work) =>
        TryOnce(write, request, work)!;

    /// <summary>
    /// As <see cref="Once"/>, for work that answers null when it changed nothing: that is not remembered either.
    /// </summary>
    /// <exception cref="ApplianceException">InvalidArgument: the key came before with another request.</exception>
    public static byte[]? TryOnce(WriteTransaction write, IdempotentRequest request, Func<WriteTransaction, byte[]?> work)
    {
        if (Find(write, request) is { } stored)
        {
            return stored;
        }

        if (work(write) is not { } response)
        {
            return null;
        }

        write.Prepare("""
            INSERT INTO idempotency_keys (scope, key, rpc, request_hash, response, created_at) VALUES (?, ?, ?, ?, ?, ?)
            """)
            .Bind(request.Scope).Bind(request.Key).Bind(request.Rpc).Bind(request.RequestHash).Bind(response).Bind(write.Now)
            .Run();
        return response;
    }

    /// <summary>The reply stored for the request; null when it is new.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: the key came before with another request.</exception>
    public static byte[]? Find(ReadTransaction read, IdempotentRequest request)
    {
        using Statement row = read
            .Prepare("SELECT rpc, request_hash, response FROM idempotency_keys WHERE scope = ? AND key = ?")
            .Bind(request.Scope).Bind(request.Key);
        if (!row.Step())
        {
            return null;
        }

        return row.GetText(0) == request.Rpc && row.GetDigest(1) == request.RequestHash
            ? row.GetBytes(2)
            : throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Idempotency key '{request.Key}' was used before for another request ({row.GetText(0)}): use a new key.");
    }

    /// <summary>Forgets up to <paramref name="countMax"/> keys older than that, oldest first; answers how many.</summary>
    public static int Purge(WriteTransaction write, DateTimeOffset olderThan, int countMax) => write.Prepare("""
        DELETE FROM idempotency_keys WHERE (scope, key) IN (
            SELECT scope, key FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?)
        """)
        .Bind(olderThan).Bind((long)countMax)
        .Run();
}
