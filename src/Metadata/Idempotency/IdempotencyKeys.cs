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
    public static byte[] Once(WriteTransaction write, CallFingerprint call, Func<WriteTransaction, byte[]> work) =>
        TryOnce(write, call, work)!;

    /// <summary>
    /// As <see cref="Once"/>, for work that answers null when it changed nothing: that is not remembered either.
    /// </summary>
    /// <exception cref="ApplianceException">InvalidArgument: the key came before with another request.</exception>
    public static byte[]? TryOnce(WriteTransaction write, CallFingerprint call, Func<WriteTransaction, byte[]?> work)
    {
        if (Find(write, call) is { } stored)
        {
            return stored;
        }

        if (work(write) is not { } response)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[CallFingerprint.KeyBytes];
        call.CopyKeyTo(key);
        write.Prepare("INSERT INTO idempotent_calls (key_hash, request_hash, response, created_at) VALUES (?, ?, ?, ?)")
            .Bind(key).Bind(call.Call).Bind(response).Bind(write.Now).Run();
        write.RecentKeys.Add(write, call.Key, write.LastInsertedId);
        return response;
    }

    /// <summary>The reply stored for the request; null when it is new.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: the key came before with another request.</exception>
    public static byte[]? Find(ReadTransaction read, CallFingerprint call)
    {
        if (read.RecentKeys.Find(read, call.Key) is not { } id)
        {
            return null;
        }

        using Statement row = read
            .Prepare("SELECT key_hash, request_hash, response FROM idempotent_calls WHERE id = ?").Bind(id);
        if (!row.Step() || CallFingerprint.ToKey(row.GetBytes(0)) != call.Key)
        {
            return null;
        }

        return row.GetDigest(1) == call.Call
            ? row.GetBytes(2)
            : throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Idempotency key '{call.KeyText}' was used before for another request: use a new key.");
    }

    /// <summary>Forgets up to <paramref name="countMax"/> keys older than that, oldest first; answers how many.</summary>
    public static int Purge(WriteTransaction write, DateTimeOffset olderThan, int countMax)
    {
        // Rows lie in the order of their age: only the first are looked at.
        List<(long Id, DateTimeOffset CreatedAt)> oldest = write
            .Prepare("SELECT id, created_at FROM idempotent_calls ORDER BY id LIMIT ?").Bind((long)countMax)
            .ReadAll(row => (row.GetInteger(0), row.GetTime(1)));
        int count = oldest.TakeWhile(row => row.CreatedAt < olderThan).Count();
        return count == 0 ? 0 : write.Prepare("DELETE FROM idempotent_calls WHERE id <= ?").Bind(oldest[count - 1].Id).Run();
    }
}
