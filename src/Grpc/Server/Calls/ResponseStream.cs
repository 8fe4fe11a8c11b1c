using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The responses of a call, as its handler writes them.</summary>
internal sealed class ResponseStream<TResponse>(ServerCall call) : IServerStreamWriter<TResponse>
    where TResponse : class
{
    public WriteOptions? WriteOptions
    {
        get => call.Context.WriteOptions;
        set => call.Context.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => call.WriteAsync(message, Flags, call.Context.CancellationToken);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Context.CancellationToken);
        await call.WriteAsync(message, Flags, either.Token).ConfigureAwait(false);
    }

    private WriteFlags Flags => WriteOptions?.Flags ?? default;
}
