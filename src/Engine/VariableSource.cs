namespace Appliance.Engine;

/// <summary>Environment variables: those of a secret, or these.</summary>
/// <param name="SecretId">Null where <paramref name="Values"/> are given.</param>
/// <param name="Values">Null where a secret is named.</param>
public sealed record VariableSource(string? SecretId, IReadOnlyDictionary<string, string>? Values)
{
    public static VariableSource OfSecret(string id) => new(id, null);

    public static VariableSource Of(IReadOnlyDictionary<string, string> values) => new(null, values);
}
