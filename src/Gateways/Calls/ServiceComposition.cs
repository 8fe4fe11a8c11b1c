using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Appliance.Core.Errors;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>
/// Makes one service of several classes, each of which overrides the methods it is about: a generated base has all
/// methods of its service in one class, and the largest has hundreds. What nobody overrides answers UNIMPLEMENTED with
/// its name.
/// </summary>
/// <param name="bind">The generated method that binds a class.</param>
public sealed class ServiceComposition<TBase>(Func<TBase, ServerServiceDefinition> bind)
    where TBase : class
{
    private readonly List<(TBase Part, HashSet<string> Methods)> parts = [];

    public ServiceComposition<TBase> Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] TPart>(TPart part)
        where TPart : TBase
    {
        // Only what the part itself declares: to look at hundreds of inherited methods would cost start-up time.
        HashSet<string> overridden = [.. typeof(TPart)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.IsVirtual)
            .Select(method => method.Name)];
        if (overridden.FirstOrDefault(IsBuilt) is { } twice)
        {
            throw new InvalidOperationException($"'{typeof(TPart).Name}' overrides '{twice}', and so does another part.");
        }

        parts.Add((part, overridden));
        return this;
    }

    /// <exception cref="InvalidOperationException">There is no part.</exception>
    public ServerServiceDefinition Build()
    {
        var selection = new MethodSelection(NotBuilt);
        foreach ((TBase part, HashSet<string> methods) in parts)
        {
            selection.Take(bind(part), methods.Contains);
        }

        selection.Refuse(bind(parts.First().Part), name => !IsBuilt(name));
        return selection.Build();
    }

    private bool IsBuilt(string name) => parts.Any(part => part.Methods.Contains(name));

    private static ApplianceException NotBuilt(IMethod method) => new(
        ErrorKind.Unimplemented, $"'{method.FullName[1..]}' is not implemented by this appliance.");
}
