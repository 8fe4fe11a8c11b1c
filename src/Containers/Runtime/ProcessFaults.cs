namespace Appliance.Containers.Runtime;

/// <summary>What a runtime's complaint about a process that it could not start means to a user.</summary>
internal static class ProcessFaults
{
    /// <summary>What a shell reports for a program that is not there.</summary>
    public const int NotFoundStatus = 127;

    /// <summary>What a shell reports for a program that cannot be executed.</summary>
    public const int NotExecutableStatus = 126;

    private const string Marker = "unable to start container process: ";

    public static ProcessExit Explain(string complaint)
    {
        int at = complaint.LastIndexOf(Marker, StringComparison.Ordinal);
        string text = at < 0 ? complaint : complaint[(at + Marker.Length)..];
        string shown = text.EndsWith(": unknown", StringComparison.Ordinal) ? text[..^": unknown".Length] : text;
        bool isMissing = shown.Contains("executable file not found", StringComparison.Ordinal)
            || shown.Contains("no such file or directory", StringComparison.Ordinal);
        return new ProcessExit(isMissing ? NotFoundStatus : NotExecutableStatus, Fault: shown);
    }
}
