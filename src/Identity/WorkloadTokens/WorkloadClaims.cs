using System.Text.Json.Serialization;

namespace Appliance.Identity.WorkloadTokens;

/// <summary>What a workload token says. Times are Unix seconds.</summary>
internal sealed record WorkloadClaims(
    [property: JsonPropertyName("sub")] string Subject,
    [property: JsonPropertyName("aud")] string Audience,
    [property: JsonPropertyName("iss")] string Issuer,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("nbf")] long NotBefore,
    [property: JsonPropertyName("exp")] long ExpiresAt,
    [property: JsonPropertyName("jti")] string TokenId,
    [property: JsonPropertyName("workspace_id")] string WorkspaceId,
    [property: JsonPropertyName("environment_id")] string EnvironmentId,
    [property: JsonPropertyName("environment_name")] string EnvironmentName,
    [property: JsonPropertyName("app_id")] string AppId,
    [property: JsonPropertyName("app_name")] string AppName,
    [property: JsonPropertyName("container_id")] string ContainerId);

internal sealed record WorkloadHeader(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("typ")] string Type,
    [property: JsonPropertyName("kid")] string KeyId);

internal sealed record PublishedKey(
    [property: JsonPropertyName("kty")] string Type,
    [property: JsonPropertyName("use")] string Use,
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("kid")] string Id,
    [property: JsonPropertyName("n")] string Modulus,
    [property: JsonPropertyName("e")] string Exponent);

internal sealed record PublishedKeys([property: JsonPropertyName("keys")] PublishedKey[] Keys);

internal sealed record Discovery(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("jwks_uri")] string KeysUri,
    [property: JsonPropertyName("response_types_supported")] string[] ResponseTypes,
    [property: JsonPropertyName("subject_types_supported")] string[] SubjectTypes,
    [property: JsonPropertyName("id_token_signing_alg_values_supported")] string[] Algorithms);

[JsonSerializable(typeof(WorkloadHeader))]
[JsonSerializable(typeof(WorkloadClaims))]
[JsonSerializable(typeof(PublishedKeys))]
[JsonSerializable(typeof(Discovery))]
internal sealed partial class WorkloadJson : JsonSerializerContext;
