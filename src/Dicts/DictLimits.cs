namespace Appliance.Dicts;

/// <summary>Bounds and times of dicts, as clients document them (contracts/modal.md §6).</summary>
public static class DictLimits
{
    /// <summary>What is reported as the length of any dict that is longer.</summary>
    public const int LengthMax = 100_000;

    /// <summary>Length of a key: larger ones are hardly meant to be keys, and would fill the index.</summary>
    public const int KeyBytesMax = 64 * 1024;

    /// <summary>How long an entry lives that is neither read nor written.</summary>
    public static readonly TimeSpan EntryLife = TimeSpan.FromDays(7);

    /// <summary>
    /// A read is noted down only when the last noted use is older than this, so that reads seldom cost a write; an entry
    /// lives that much longer instead.
    /// </summary>
    public static readonly TimeSpan UsePrecision = TimeSpan.FromHours(1);
}
