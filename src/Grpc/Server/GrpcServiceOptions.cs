using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>Limits and habits of all services, or of one.</summary>
public class GrpcServiceOptions
{
    /// <summary>The longest message that is accepted, in bytes, before and after unpacking; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The longest message that is sent, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether the text of an unforeseen exception reaches the caller. For development only.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>The encoding of responses ("gzip", "deflate") for callers that accept it; null for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }

    public InterceptorCollection Interceptors { get; } = [];

    internal void CopyTo(GrpcServiceOptions target)
    {
        target.MaxReceiveMessageSize = MaxReceiveMessageSize;
        target.MaxSendMessageSize = MaxSendMessageSize;
        target.EnableDetailedErrors = EnableDetailedErrors;
        target.ResponseCompressionAlgorithm = ResponseCompressionAlgorithm;
        target.ResponseCompressionLevel = ResponseCompressionLevel;
        foreach (InterceptorRegistration interceptor in Interceptors)
        {
            target.Interceptors.Add(interceptor);
        }
    }
}

/// <summary>Limits and habits of one service; they start as those of all services.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class
{
}
