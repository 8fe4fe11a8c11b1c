using Appliance.Core.Digests;
using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Transactions;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>
/// The key by which a call is known when it comes again, for handlers that remember something else than their reply.
/// Without a key nothing is remembered.
/// </summary>
public readonly struct OnceOnly
{
    private const int KeyLengthMax = 256;

    private readonly CallFingerprint? call;

    private OnceOnly(CallFingerprint? call) => this.call = call;

    public static OnceOnly Of(ServerCallContext context, IMessage message)
    {
        string? key = context.RequestHeaders.GetValue(IdempotentCall.KeyHeader);
        return string.IsNullOrEmpty(key) || key.Length > KeyLengthMax
            ? new OnceOnly(null)
            : new OnceOnly(new IdempotentRequest(
                context.GetCaller().TokenId.Text, key, context.Method, Digest.Of(message.ToByteArray())));
    }

    public bool HasKey => call is not null;

    /// <summary>Whether the work was done before.</summary>
    public bool IsRemembered(ReadTransaction read) => FindReply(read) is not null;

    /// <summary>What was answered before; null when the call is new.</summary>
    public byte[]? FindReply(ReadTransaction read) => call is { } known ? IdempotencyKeys.Find(read, known) : null;

    /// <summary>Does the work, or answers what it answered before; null, which is not remembered, when it changed nothing.</summary>
    public byte[]? Try(WriteTransaction write, Func<WriteTransaction, byte[]?> work) =>
        call is { } known ? IdempotencyKeys.TryOnce(write, known, work) : work(write);
}
