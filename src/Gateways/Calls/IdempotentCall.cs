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
        where TResponse : class, IMessage<TResponse>, new()
    {
        string? key = context.RequestHeaders.GetValue(KeyHeader);
        if (string.IsNullOrEmpty(key) || key.Length > KeyLengthMax)
        {
            return await store.WriteAsync(work, context.CancellationToken).ConfigureAwait(false);
        }

        var once = new IdempotentRequest(
            context.GetCaller().TokenId.Text, key, context.Method, Digest.Of(request.ToByteArray()));
        byte[] reply = await store.WriteAsync(
            write => IdempotencyKeys.Once(write, once, inner => work(inner).ToByteArray()),
            context.CancellationToken).ConfigureAwait(false);
        var response = new TResponse();
        response.MergeFrom(reply);
        return response;
    }
}
