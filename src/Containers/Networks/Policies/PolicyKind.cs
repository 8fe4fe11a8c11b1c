namespace Appliance.Containers.Networks.Policies;

/// <summary>How far a container may reach out.</summary>
public enum PolicyKind
{
    /// <summary>Wherever the host reaches, but neither the host itself, nor other containers, nor a cloud's metadata service.</summary>
    Open,

    /// <summary>Its own loopback only. Tunnels into it still work.</summary>
    Blocked,

    /// <summary>What is listed, and nothing else.</summary>
    Allowlist,
}
