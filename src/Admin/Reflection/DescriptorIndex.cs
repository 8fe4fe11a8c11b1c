using Appliance.Gateways.Calls;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Appliance.Admin.Reflection;

/// <summary>Finds the descriptor of any file, service, method or message of the served protocols.</summary>
public sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> byFileName = [];
    private readonly Dictionary<string, FileDescriptor> bySymbol = [];

    public DescriptorIndex(IReadOnlyList<GatewayService> services)
    {
        ServiceNames = [.. services.Select(service => service.Name).Order(StringComparer.Ordinal)];
        foreach (GatewayService service in services)
        {
            AddFile(service.File());
        }
    }

    public IReadOnlyList<string> ServiceNames { get; }

    /// <summary>The file of that name and all that it imports, serialized; null when there is none.</summary>
    public IReadOnlyList<ByteString>? FindFile(string name) =>
        byFileName.TryGetValue(name, out FileDescriptor? file) ? WithImports(file) : null;

    /// <summary>The file that defines the symbol and all that it imports, serialized; null when there is none.</summary>
    public IReadOnlyList<ByteString>? FindSymbol(string name) =>
        bySymbol.TryGetValue(name, out FileDescriptor? file) ? WithImports(file) : null;

    private void AddFile(FileDescriptor file)
    {
        if (!byFileName.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (ServiceDescriptor service in file.Services)
        {
            bySymbol.TryAdd(service.FullName, file);
            foreach (MethodDescriptor method in service.Methods)
            {
                bySymbol.TryAdd(method.FullName, file);
            }
        }

        foreach (MessageDescriptor message in file.MessageTypes)
        {
            AddMessage(message, file);
        }

        foreach (EnumDescriptor named in file.EnumTypes)
        {
            bySymbol.TryAdd(named.FullName, file);
        }

        foreach (FileDescriptor import in file.Dependencies)
        {
            AddFile(import);
        }
    }

    private void AddMessage(MessageDescriptor message, FileDescriptor file)
    {
        bySymbol.TryAdd(message.FullName, file);
        foreach (MessageDescriptor nested in message.NestedTypes)
        {
            AddMessage(nested, file);
        }

        foreach (EnumDescriptor named in message.EnumTypes)
        {
            bySymbol.TryAdd(named.FullName, file);
        }
    }

    private static List<ByteString> WithImports(FileDescriptor file)
    {
        var seen = new HashSet<FileDescriptor>();
        var order = new List<ByteString>();
        Visit(file);
        return order;

        void Visit(FileDescriptor next)
        {
            if (seen.Add(next))
            {
                order.Add(next.SerializedData);
                foreach (FileDescriptor import in next.Dependencies)
                {
                    Visit(import);
                }
            }
        }
    }
}
