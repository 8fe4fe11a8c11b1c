using System.Reflection;
using Appliance.Protos.Fn;
using Google.Protobuf.Reflection;

namespace Appliance.Tests.Wire;

/// <summary>All files that the protocol compiler has turned into code, whether something refers to them or not.</summary>
internal static class GeneratedFiles
{
    private static readonly ILookup<string, FileDescriptor> ByNamespace = typeof(RunnerReflection).Assembly.GetTypes()
        .Select(type => (type.Namespace, Descriptor: Descriptor(type)))
        .Where(found => found.Descriptor is not null)
        .ToLookup(found => found.Namespace ?? "", found => found.Descriptor!);

    public static IEnumerable<string> Namespaces => ByNamespace.Select(group => group.Key);

    public static IReadOnlyList<FileDescriptor> In(params ReadOnlySpan<string> namespaces)
    {
        var files = new List<FileDescriptor>();
        foreach (var name in namespaces)
        {
            files.AddRange(ByNamespace[name]);
        }

        return files;
    }

    private static FileDescriptor? Descriptor(Type type) =>
        type.Name.EndsWith("Reflection", StringComparison.Ordinal)
            ? type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as FileDescriptor
            : null;
}
