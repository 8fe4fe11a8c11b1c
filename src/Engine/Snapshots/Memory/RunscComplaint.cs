namespace Appliance.Engine.Snapshots.Memory;

/// <summary>What runsc says when it cannot do something: a line of reasons within reasons, and often its own state after it.</summary>
internal static class RunscComplaint
{
    private const int LengthMax = 300;

    /// <summary>The end of the first line says why; before it stands what runsc was at, at length.</summary>
    public static string Shorten(string complaint)
    {
        string line = complaint.Split('\n')[0].TrimEnd(':', ' ');
        return line.Length <= LengthMax ? line : line[^LengthMax..];
    }
}
