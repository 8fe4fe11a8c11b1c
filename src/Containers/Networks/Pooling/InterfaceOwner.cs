namespace Appliance.Containers.Networks.Pooling;

/// <summary>The text on an interface that names the container that it belongs to.</summary>
internal static class InterfaceOwner
{
    private const string Prefix = "container ";

    public static string Write(string containerId) => Prefix + containerId;

    /// <summary>Null when it names none.</summary>
    public static string? Read(string? alias) => alias?.StartsWith(Prefix, StringComparison.Ordinal) == true ? alias[Prefix.Length..] : null;
}
