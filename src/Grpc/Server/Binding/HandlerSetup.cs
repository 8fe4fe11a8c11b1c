using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>What all handlers of a service share.</summary>
internal sealed class HandlerSetup(GrpcServiceOptions options, IServiceProvider services)
{
    public GrpcServiceOptions Options => options;

    public ILogger Logger { get; } = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc");

    /// <summary>From the innermost to the outermost, which is the order in which they are wrapped.</summary>
    public IReadOnlyList<Interceptor> Interceptors { get; } =
        [.. options.Interceptors.Select(registration => registration.Create(services)).Reverse()];
}
