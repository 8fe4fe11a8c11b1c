namespace Appliance.Engine.Builds;

/// <summary>Reads along what a build's command writes, to say what helps when it fails for want of a package or of the internet.</summary>
internal sealed class StepAdvice
{
    private const int LongestMark = 64;

    private static readonly (byte[] Mark, string Text)[] Known =
    [
        ("No matching distribution found"u8.ToArray(), Wheels),
        ("not found in the package registry"u8.ToArray(), Wheels),
        ("there are no versions of"u8.ToArray(), Wheels),
        ("Temporary failure resolving"u8.ToArray(), Offline),
        ("Temporary failure in name resolution"u8.ToArray(), Offline),
        ("Could not resolve host"u8.ToArray(), Offline),
    ];

    private const string Wheels =
        "a Python package is missing; 'appliance wheels add DIR' on the appliance's machine takes in wheels, and "
        + "'pip download PACKAGE -d DIR' fetches them where there is internet";

    private const string Offline =
        "a server's name was not found; if this machine has no internet, build the image where there is and bring it with "
        + "'appliance image import', and Python packages with 'appliance wheels add'";

    private readonly Dictionary<bool, byte[]> ends = new() { [false] = [], [true] = [] };

    /// <summary>What helps; null when nothing that was written is known to need help.</summary>
    public string? Text { get; private set; }

    /// <param name="piece">The next bytes of one of the two streams; a mark may lie across two pieces.</param>
    /// <param name="isError">Of which.</param>
    public void Read(ReadOnlySpan<byte> piece, bool isError)
    {
        if (Text == Wheels)
        {
            return;
        }

        byte[] seen = [.. ends[isError], .. piece];
        foreach ((byte[] mark, string text) in Known)
        {
            if (seen.AsSpan().IndexOf(mark) >= 0)
            {
                // A package index that cannot be reached ends in the package that is missing.
                Text = text == Wheels ? text : Text ?? text;
            }
        }

        ends[isError] = seen.Length > LongestMark ? seen[^LongestMark..] : seen;
    }
}
