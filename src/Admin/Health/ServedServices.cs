namespace Appliance.Admin.Health;

/// <summary>The full names of the services that this server has.</summary>
public sealed class ServedServices(IEnumerable<string> names)
{
    private readonly HashSet<string> names = [.. names];

    /// <summary>The empty name means the server as a whole.</summary>
    public bool Contains(string name) => name.Length == 0 || names.Contains(name);
}
