using System.Text.Json.Serialization;

namespace Appliance.Identity.WebTokens;

/// <summary>What a web token says. Times are Unix seconds; clients read <c>exp</c> to know when to ask anew.</summary>
internal sealed record WebTokenClaims(
    [property: JsonPropertyName("sub")] string TokenId,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt);

[JsonSerializable(typeof(WebTokenClaims))]
internal sealed partial class WebTokenJson : JsonSerializerContext;
