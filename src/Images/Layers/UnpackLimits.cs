namespace Appliance.Images.Layers;

/// <summary>How much an archive may make of little. The defaults let every sensible image pass.</summary>
public sealed record UnpackLimits
{
    /// <summary>Files, directories and so on of one layer.</summary>
    public long EntryCountMax { get; init; } = 20_000_000;

    /// <summary>Names in one path.</summary>
    public int DepthMax { get; init; } = 256;

    /// <summary>From this length on the ratio counts.</summary>
    public long FreeOfRatioBytes { get; init; } = 8L << 30;

    /// <summary>How many times as long as the packed bytes the unpacked ones may be.</summary>
    public int RatioMax { get; init; } = 200;

    /// <summary>What stays free on the disk.</summary>
    public long DiskReserveBytes { get; init; } = 512L << 20;
}
