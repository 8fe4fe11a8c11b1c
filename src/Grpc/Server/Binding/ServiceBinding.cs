using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Finds the generated method that binds a service to its handlers.</summary>
internal static class ServiceBinding
{
    public static void Bind<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] TService>(
        TService service, ServiceBinderBase binder)
        where TService : class
    {
        for (Type? type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                FindBindMethod(attribute, type).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [binder, service], null);
                return;
            }
        }

        throw new InvalidOperationException($"'{typeof(TService)}' derives from no generated service base.");
    }

    private static MethodInfo FindBindMethod(BindServiceMethodAttribute attribute, Type serviceBase) =>
        attribute.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Single(method => method.Name == attribute.BindMethodName
                && method.GetParameters() is [{ } first, { } second]
                && first.ParameterType == typeof(ServiceBinderBase)
                && second.ParameterType == serviceBase);
}
