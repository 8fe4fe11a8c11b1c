namespace Appliance.Metadata.Identity;

/// <summary>Whether a request that names no environment means this one.</summary>
public enum EnvironmentRole
{
    Named = 0,
    Default = 1,
}
