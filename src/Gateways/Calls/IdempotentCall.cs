using Appliance.Metadata;
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
        OnceOnly once = OnceOnly.Of(context, request);
        if (!once.HasKey)
        {
            return await store.WriteAsync(work, context.CancellationToken).ConfigureAwait(false);
        }

        byte[]? reply = await store.WriteAsync(
            write => once.Try(write, inner => work(inner)?.ToByteArray()), context.CancellationToken).ConfigureAwait(false);
        return reply is null ? null : Parse<TResponse>(reply);
    }

    /// <summary>The reply that was given to the same call before; null when it is new. For work of several transactions.</summary>
    public static TResponse? FindReply<TResponse>(this MetadataStore store, ServerCallContext context, IMessage request)
        where TResponse : class, IMessage<TResponse>, new()
    {
        OnceOnly once = OnceOnly.Of(context, request);
        return store.Read(once.FindReply) is { } reply ? Parse<TResponse>(reply) : null;
    }

    /// <summary>Remembers the reply in the transaction that makes the work durable.</summary>
    public static void RememberReply(this WriteTransaction write, ServerCallContext context, IMessage request, IMessage reply) =>
        OnceOnly.Of(context, request).Try(write, _ => reply.ToByteArray());

    private static TResponse Parse<TResponse>(byte[] reply)
        where TResponse : class, IMessage<TResponse>, new()
    {
        var response = new TResponse();
        response.MergeFrom(reply);
        return response;
    }
}
