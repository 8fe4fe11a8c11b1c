namespace Grpc.Core;

/// <summary>What every kind of client call offers beside its messages.</summary>
internal sealed record CallControls(
    Task<Metadata> ResponseHeaders,
    Func<Status> Status,
    Func<Metadata> Trailers,
    Action Dispose);
