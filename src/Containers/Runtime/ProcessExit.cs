using System.Globalization;

namespace Appliance.Containers.Runtime;

/// <summary>How a process ended.</summary>
/// <param name="Status">0 to 255; 128 and the signal's number where a signal ended it.</param>
/// <param name="IsOutOfMemory">The kernel ended a process of the container because its memory limit was reached.</param>
/// <param name="Fault">Why it could not be started, or what happened to it other than an end of its own.</param>
public sealed record ProcessExit(int Status, bool IsOutOfMemory = false, string? Fault = null)
{
    /// <summary>128 and SIGKILL.</summary>
    public const int KilledStatus = 137;

    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>
    /// The signal that ended the process, else 0. A program that ends by itself with such a status, as shells do for
    /// their children, cannot be told apart; clients show 128 and the number for both.
    /// </summary>
    public int Signal => Status is > SignalBase and <= SignalBase + LastSignal ? Status - SignalBase : 0;

    /// <summary>Reads what <see cref="Save"/> wrote; null when the process has not ended.</summary>
    public static ProcessExit? Load(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        string[] lines = File.ReadAllLines(path);
        return new ProcessExit(int.Parse(lines[0], CultureInfo.InvariantCulture), lines[1] == "oom", lines.Length > 2 ? string.Join('\n', lines[2..]) : null);
    }

    /// <summary>Survives this process, not the machine's power: the containers would not either.</summary>
    public void Save(string path)
    {
        string text = $"{Status}\n{(IsOutOfMemory ? "oom" : "-")}\n{Fault}";
        File.WriteAllText(path + ".new", Fault is null ? text.TrimEnd('\n') : text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
