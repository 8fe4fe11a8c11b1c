namespace Appliance.Images.Registries.Access;

/// <summary>Who asks a registry.</summary>
/// <param name="User">Empty with an identity token.</param>
/// <param name="Secret">A password, or an identity token.</param>
public sealed record RegistryCredential(string User, string Secret)
{
    /// <summary>Whether the secret is a token that is exchanged for others, as some registries give at a login.</summary>
    public bool IsIdentityToken { get; init; }

    // Records print what they hold, and this must not end up in a log.
    public override string ToString() => $"the credentials of '{User}'";
}
