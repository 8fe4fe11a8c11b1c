using System.Text.Json.Serialization;

namespace Appliance.Images.Registries.Access;

/// <summary>JSON of token services and of Docker's configuration.</summary>
[JsonSerializable(typeof(RegistryToken))]
[JsonSerializable(typeof(DockerConfiguration))]
internal sealed partial class RegistryJson : JsonSerializerContext;

/// <summary>What a token service answers: either name is in use.</summary>
internal sealed record RegistryToken
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }
}

/// <summary>What Docker and others write at a login.</summary>
internal sealed record DockerConfiguration
{
    [JsonPropertyName("auths")]
    public IReadOnlyDictionary<string, DockerLogin>? Logins { get; init; }
}

/// <summary>One login.</summary>
internal sealed record DockerLogin
{
    /// <summary>User, colon and password in Base64.</summary>
    [JsonPropertyName("auth")]
    public string? Login { get; init; }

    [JsonPropertyName("username")]
    public string? User { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }
}
