using Microsoft.AspNetCore.Builder;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>The routes of one service, which share their conventions.</summary>
internal sealed class MethodRoutes(IReadOnlyList<IEndpointConventionBuilder> routes) : IEndpointConventionBuilder
{
    public void Add(Action<EndpointBuilder> convention)
    {
        foreach (IEndpointConventionBuilder route in routes)
        {
            route.Add(convention);
        }
    }

    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        foreach (IEndpointConventionBuilder route in routes)
        {
            route.Finally(finallyConvention);
        }
    }
}
