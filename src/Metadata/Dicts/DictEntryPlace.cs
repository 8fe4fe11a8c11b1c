namespace Appliance.Metadata.Dicts;

/// <summary>Which entry of which generation.</summary>
public sealed record DictEntryPlace(long Generation, byte[] Key);
