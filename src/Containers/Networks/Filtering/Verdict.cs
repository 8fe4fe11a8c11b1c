namespace Appliance.Containers.Networks.Filtering;

/// <summary>What becomes of a packet.</summary>
/// <param name="Code">The kernel's number.</param>
/// <param name="Chain">Where it is sent to be judged; null unless it is sent on.</param>
internal readonly record struct Verdict(int Code, string? Chain)
{
    public static readonly Verdict Drop = new(0, null);
    public static readonly Verdict Accept = new(1, null);

    /// <summary>Another chain judges, and its end is the end.</summary>
    public static Verdict GoTo(string chain) => new(-4, chain);
}
