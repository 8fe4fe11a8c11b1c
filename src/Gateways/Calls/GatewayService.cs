using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>One service of a gateway: its full name, its methods, and the file that describes it.</summary>
/// <param name="Name">With its package.</param>
/// <param name="Definition">The handlers.</param>
/// <param name="File">Building a descriptor takes time, so it is done only when somebody asks.</param>
public sealed record GatewayService(string Name, ServerServiceDefinition Definition, Func<FileDescriptor> File)
{
    /// <summary>Whether the server's limit holds for this service's messages, in both directions.</summary>
    public bool HasMessageLimit { get; init; } = true;

    /// <summary>A service of which no method is built yet: each answers UNIMPLEMENTED with its name.</summary>
    public static GatewayService Unbuilt<TBase, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] TUnbuilt>(
        string name, Func<TBase, ServerServiceDefinition> bind, Func<FileDescriptor> file)
        where TBase : class
        where TUnbuilt : TBase, new() => new(name, new ServiceComposition<TBase>(bind).Add(new TUnbuilt()).Build(), file);
}
