using Appliance.Core.Errors;
using Appliance.Images.Registries.Access;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Images;

/// <summary>From the secret that a client names for a private registry to a login there.</summary>
public static class RegistryLogin
{
    private const string UserName = "REGISTRY_USERNAME";
    private const string PasswordName = "REGISTRY_PASSWORD";
    private const string AccountName = "SERVICE_ACCOUNT_JSON";

    // Google's registries take the key of a service account as a password, under this name.
    private const string UserOfAccount = "_json_key";

    public static bool HasLogin(ImageRegistryConfig? config) =>
        config is { RegistryAuthType: not (RegistryAuthType.Unspecified or RegistryAuthType.Public) };

    /// <exception cref="ApplianceException">InvalidArgument: what the secret lacks. Unimplemented: another kind of login.</exception>
    public static RegistryCredential Of(RegistryAuthType kind, IReadOnlyDictionary<string, string> secret) => kind switch
    {
        RegistryAuthType.StaticCreds => new RegistryCredential(Value(secret, UserName), Value(secret, PasswordName)),
        RegistryAuthType.Gcp => new RegistryCredential(UserOfAccount, Value(secret, AccountName)),
        RegistryAuthType.Aws => throw new ApplianceException(
            ErrorKind.Unimplemented,
            "Logging in to Amazon's registry with AWS keys is not available on this server: use from_registry with a secret that has "
            + $"{UserName}=AWS and {PasswordName} (from 'aws ecr get-login-password')"),
        _ => throw new ApplianceException(ErrorKind.Unimplemented, $"Logins of the kind '{kind}' at registries are not known to this server"),
    };

    private static string Value(IReadOnlyDictionary<string, string> secret, string name) => secret.GetValueOrDefault(name) is { Length: > 0 } value
        ? value
        : throw new ApplianceException(ErrorKind.InvalidArgument, $"The secret for the registry has no {name}");
}
