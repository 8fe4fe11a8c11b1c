using Appliance.Metadata.Values;

namespace Appliance.Metadata.Dicts;

/// <param name="Key">Bytes, which compare as such.</param>
/// <param name="Value">What was put; nothing where only keys were asked for.</param>
/// <param name="UsedAt">When it was last written, or read as far as that was noted down.</param>
public readonly record struct DictEntryRecord(byte[] Key, StoredValue Value, DateTimeOffset UsedAt);
