using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Where further settings of gRPC attach.</summary>
public interface IGrpcServerBuilder
{
    IServiceCollection Services { get; }
}
