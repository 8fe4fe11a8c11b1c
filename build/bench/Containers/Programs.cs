using System.Diagnostics;

namespace Appliance.Bench.Containers;

/// <summary>Runs programs of the machine.</summary>
internal static class Programs
{
    public static bool IsInstalled(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Milliseconds from a program's start to the first byte of its output; returns once it has ended.</summary>
    public static double FirstByte(string program, params IEnumerable<string> arguments)
    {
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        Stream output = process.StandardOutput.BaseStream;
        bool isThere = output.ReadByte() >= 0;
        double ms = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        output.CopyTo(Stream.Null);
        process.WaitForExit();
        return isThere && process.ExitCode == 0
            ? ms
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' said nothing, or ended with {process.ExitCode}.");
    }

    /// <summary>Milliseconds that a line of shell takes.</summary>
    public static async Task<double> ShellAsync(string line)
    {
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{{ {line}\n}} > /dev/null"]))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(begun).TotalMilliseconds
            : throw new InvalidOperationException($"'{line}' ended with {process.ExitCode}.");
    }
}
