using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>
/// Makes one service of several classes, each of which overrides the methods it is about: a generated base has all
/// methods of its service in one class, and the largest has hundreds. What nobody overrides answers UNIMPLEMENTED with
/// its name.
/// </summary>
/// <param name="bind">The generated method that binds a service; given null, it names the methods alone.</param>
public sealed class ServiceComposition<TBase>(Action<ServiceBinderBase, TBase?> bind)
    where TBase : class
{
    private readonly HashSet<string> built = [];
    private readonly List<(TBase Part, HashSet<string> Methods)> parts = [];

    public ServiceComposition<TBase> Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] TPart>(TPart part)
        where TPart : TBase
    {
        // Only what the part itself declares: to look at hundreds of inherited methods would cost start-up time.
        HashSet<string> overridden = [.. typeof(TPart)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.IsVirtual)
            .Select(method => method.Name)];
        if (overridden.FirstOrDefault(built.Contains) is { } twice)
        {
            throw new InvalidOperationException($"'{typeof(TPart).Name}' overrides '{twice}', and so does another part.");
        }

        built.UnionWith(overridden);
        parts.Add((part, overridden));
        return this;
    }

    public ServerServiceDefinition Build()
    {
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.CreateBuilder();
        foreach ((TBase part, HashSet<string> methods) in parts)
        {
            bind(new PartBinder(builder, methods.Contains), part);
        }

        bind(new PartBinder(builder, name => !built.Contains(name)), null);
        return builder.Build();
    }
}
