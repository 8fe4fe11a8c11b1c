namespace Appliance.Dicts;

/// <summary>Entries that were read: those of a generation with keys from one to another.</summary>
internal readonly record struct DictUse(long Generation, byte[] FirstKey, byte[] LastKey);
