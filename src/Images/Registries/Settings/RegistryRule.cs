namespace Appliance.Images.Registries.Settings;

/// <summary>What the registries file says of one registry.</summary>
internal sealed record RegistryRule
{
    /// <summary>Of a registry that is not named.</summary>
    public static readonly RegistryRule Default = new();

    /// <summary>Tried before it, in this order.</summary>
    public IReadOnlyList<RegistryPlace> Mirrors { get; init; } = [];

    /// <summary>Whether it is never asked itself.</summary>
    public bool IsBlocked { get; init; }

    public RegistrySecurity Security { get; init; }

    /// <summary>A file with certificates (PEM) of authorities that it is to be verified with; null for the machine's own.</summary>
    public string? AuthorityFile { get; init; }
}
