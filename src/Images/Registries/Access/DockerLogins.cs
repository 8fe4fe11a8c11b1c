using System.Text;
using System.Text.Json;
using Appliance.Core.Errors;
using Appliance.Images.Registries.Settings;

namespace Appliance.Images.Registries.Access;

/// <summary>
/// The logins that 'docker login', 'podman login' and others keep in a file. Programs that such a file names to keep them
/// instead are not run.
/// </summary>
public static class DockerLogins
{
    /// <summary>Where this process's user has them; null where nobody can say.</summary>
    public static string? FileOfUser() =>
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } directory ? Path.Combine(directory, "config.json")
        : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".docker", "config.json")
        : null;

    /// <summary>The login for a registry; null for none.</summary>
    /// <param name="file">May be missing.</param>
    /// <param name="host">The registry, as references name it.</param>
    /// <exception cref="ApplianceException">InvalidArgument: the file is damaged. PermissionDenied: it cannot be read.</exception>
    public static RegistryCredential? Find(string? file, string host)
    {
        if (file is null || !File.Exists(file))
        {
            return null;
        }

        try
        {
            DockerConfiguration? configuration = JsonSerializer.Deserialize(File.ReadAllBytes(file), RegistryJson.Default.DockerConfiguration);
            foreach ((string name, DockerLogin login) in configuration?.Logins ?? new Dictionary<string, DockerLogin>())
            {
                if (HostIn(name) == host && Read(login) is { } credential)
                {
                    return credential;
                }
            }

            return null;
        }
        catch (Exception cause) when (cause is JsonException or FormatException)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{file}' is not understood: {cause.Message}", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{file}' cannot be read: {cause.Message}", cause);
        }
    }

    // Docker's own is kept as "https://index.docker.io/v1/", others as a host alone or as an address.
    private static string HostIn(string name)
    {
        int scheme = name.IndexOf("://", StringComparison.Ordinal);
        return RegistryPlace.HostOf((scheme < 0 ? name : name[(scheme + 3)..]).Split('/')[0]);
    }

    private static RegistryCredential? Read(DockerLogin login)
    {
        if (login.IdentityToken is { Length: > 0 } token)
        {
            return new RegistryCredential("", token) { IsIdentityToken = true };
        }

        if (login is { User.Length: > 0, Password: { } password })
        {
            return new RegistryCredential(login.User, password);
        }

        string pair = Encoding.UTF8.GetString(Convert.FromBase64String(login.Login ?? ""));
        int colon = pair.IndexOf(':');
        return colon > 0 ? new RegistryCredential(pair[..colon], pair[(colon + 1)..].TrimEnd('\0')) : null;
    }
}
