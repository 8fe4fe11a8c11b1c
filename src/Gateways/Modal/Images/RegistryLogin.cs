using Appliance.Core.Errors;
using Appliance.Images.Registries.Access;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Images;

/// <summary>From the secret that a client names for a private registry to a login there.</summary>
public static class RegistryLogin
{
    private const string UserName = "REGISTRY_USERNAME";
    private const string PasswordName = "REGISTRY_PASSWORD";

    public static bool HasLogin(ImageRegistryConfig? config) =>
        config is { RegistryAuthType: not (RegistryAuthType.Unspecified or RegistryAuthType.Public) };

    /// <exception cref="ApplianceException">InvalidArgument: what the secret lacks. Unimplemented: another kind of login.</exception>
    public static RegistryCredential Of(RegistryAuthType kind, IReadOnlyDictionary<string, string> secret) => kind switch
    {
        RegistryAuthType.StaticCreds => new RegistryCredential(Value(secret, UserName), Value(secret, PasswordName)),
        RegistryAuthType.Aws => throw Refusal(
            "Amazon's registry with AWS keys", $"{UserName}=AWS and {PasswordName} (what 'aws ecr get-login-password' prints)"),
        RegistryAuthType.Gcp => throw Refusal(
            "Google's registry with a service account", $"{UserName}=_json_key and {PasswordName} (the account's key, a JSON text)"),
        _ => throw new ApplianceException(ErrorKind.Unimplemented, $"Logins of the kind '{kind}' at registries are not known to this server"),
    };

    private static ApplianceException Refusal(string what, string secret) => new(
        ErrorKind.Unimplemented, $"Logging in to {what} is not available on this server: use from_registry with a secret that has {secret}");

    private static string Value(IReadOnlyDictionary<string, string> secret, string name) => secret.GetValueOrDefault(name) is { Length: > 0 } value
        ? value
        : throw new ApplianceException(ErrorKind.InvalidArgument, $"The secret for the registry has no {name}");
}
