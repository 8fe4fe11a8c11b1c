namespace Appliance.Tests.Images.Registries;

/// <summary>What a registry was asked.</summary>
internal sealed record RegistryCall(string Path, string Authorization, string Range)
{
    public bool IsBlob => Path.Contains("/blobs/", StringComparison.Ordinal);
}
