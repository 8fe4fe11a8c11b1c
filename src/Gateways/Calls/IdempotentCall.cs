using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Idempotency;
using Appliance.Metadata.Transactions;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>
/// Does the work of a call once, however often a client sends it: clients repeat calls whose reply was lost, with the
/// same key (contracts/modal.md §1). Calls without a key are done as they come.
/// </summary>
public static class IdempotentCall
{
    public const string KeyHeader = "x-idempotency-key";

    private const int KeyLengthMax = 256;

    public static async Task<TResponse> WriteOnceAsync<TResponse>(
        this MetadataStore store, ServerCallContext context, IMessage request, Func<WriteTransaction, TResponse> work)
        where TResponse : class, IMessage<TResponse>, new() =>
        (await store.TryWriteOnceAsync(context, request, work).ConfigureAwait(false))!;

    /// <summary>As <see cref="WriteOnceAsync"/>, for work that may find nothing to do yet: then nothing is remembered.</summary>
    /// <param name="store">Where the work is done and remembered.</param>
    /// <param name="context">Of the call; brings caller and key.</param>
    /// <param name="request">The call's request: a key that comes again with another one is refused.</param>
    /// <param name="work">Answers null when it changed nothing.</param>
    public static async Task<TResponse?> TryWriteOnceAsync<TResponse>(
        this MetadataStore store, ServerCallContext context, IMessage request, Func<WriteTransaction, TResponse?> work)
        where TResponse : class, IMessage<TResponse>, new()
    {
        if (KeyOf(context, request) is not { } once)
        {
            return await store.WriteAsync(work, context.CancellationToken).ConfigureAwait(false);
        }

        byte[]? reply = await store.WriteAsync(
            write => IdempotencyKeys.TryOnce(write, once, inner => work(inner)?.ToByteArray()),
            context.CancellationToken).ConfigureAwait(false);
        if (reply is null)
        {
            return null;
        }

        return Parse<TResponse>(reply);
    }

    /// <summary>The reply that was given to the same call before; null when it is new. For work of several transactions.</summary>
    public static TResponse? FindReply<TResponse>(this MetadataStore store, ServerCallContext context, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        KeyOf(context, request) is { } once && store.Read(read => IdempotencyKeys.Find(read, once)) is { } reply
            ? Parse<TResponse>(reply)
            : null;

    /// <summary>Remembers the reply in the transaction that makes the work durable.</summary>
    public static void RememberReply(this WriteTransaction write, ServerCallContext context, IMessage request, IMessage reply)
    {
        if (KeyOf(context, request) is { } once)
        {
            IdempotencyKeys.Once(write, once, _ => reply.ToByteArray());
        }
    }

    private static IdempotentRequest? KeyOf(ServerCallContext context, IMessage request)
    {
        string? key = context.RequestHeaders.GetValue(KeyHeader);
        return string.IsNullOrEmpty(key) || key.Length > KeyLengthMax
            ? null
            : new IdempotentRequest(context.GetCaller().TokenId.Text, key, context.Method, Digest.Of(request.ToByteArray()));
    }

    private static TResponse Parse<TResponse>(byte[] reply)
        where TResponse : class, IMessage<TResponse>, new()
    {
        var response = new TResponse();
        response.MergeFrom(reply);
        return response;
    }
}
