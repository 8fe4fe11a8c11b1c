using System.Reflection;

namespace Appliance.Hosting.Server;

/// <summary>The version of this executable, with the commit it was built from.</summary>
public static class ServerVersion
{
    public static string Text { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
