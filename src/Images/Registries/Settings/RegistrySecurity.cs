namespace Appliance.Images.Registries.Settings;

/// <summary>How a registry is spoken to.</summary>
internal enum RegistrySecurity
{
    /// <summary>TLS with a certificate that is verified.</summary>
    Tls,

    /// <summary>TLS with whatever certificate there is: safe from listeners only.</summary>
    UnverifiedTls,

    /// <summary>No TLS.</summary>
    PlainHttp,
}
