using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Interceptors in the order in which a call meets them.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    public void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TInterceptor>(params object[] args)
        where TInterceptor : Interceptor =>
        Add(new InterceptorRegistration(
            typeof(TInterceptor),
            services => services.GetService<TInterceptor>() ?? ActivatorUtilities.CreateInstance<TInterceptor>(services, args)));
}

/// <summary>How one interceptor is made: taken from the services, or constructed with their help.</summary>
public class InterceptorRegistration
{
    internal InterceptorRegistration(Type type, Func<IServiceProvider, Interceptor> create)
    {
        Type = type;
        Create = create;
    }

    public Type Type { get; }

    internal Func<IServiceProvider, Interceptor> Create { get; }
}
