namespace Appliance.Metadata.Secrets;

/// <summary>What a secret holds.</summary>
/// <param name="Keys">The names of its keys, in order.</param>
/// <param name="Sealed">Names and values, encrypted.</param>
/// <param name="LastUsedAt">When its values were last read; null when they never were.</param>
public sealed record SecretRecord(IReadOnlyList<string> Keys, byte[] Sealed, DateTimeOffset? LastUsedAt);
