namespace Appliance.Containers.Networks.Filtering;

/// <summary>What a set can do beyond holding single values for ever.</summary>
[Flags]
internal enum SetFlags
{
    None = 0,

    /// <summary>It holds ranges of values.</summary>
    Interval = 0x4,

    /// <summary>Each value has a verdict.</summary>
    Map = 0x8,

    /// <summary>A value may go by itself after a while.</summary>
    Timeout = 0x10,
}
