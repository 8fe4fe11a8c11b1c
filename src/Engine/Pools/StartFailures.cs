using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Pools;

/// <summary>How often containers of a pool failed before they were ready, and when the next may be tried.</summary>
internal sealed class StartFailures
{
    /// <summary>After so many in a row, whoever waits is told.</summary>
    private const int PatienceMax = 3;

    private const int SecondsMax = 60;

    /// <summary>What process 1 ends with when the program that it is to start is not in the image.</summary>
    private const int NotFoundStatus = 127;

    private int count;

    /// <summary>What was said of the last failure that those who waited were told of.</summary>
    public (string Message, byte[]? Body)? Told { get; set; }

    /// <summary>Whether containers fail again and again: until the next is tried, nobody need wait to hear why.</summary>
    public bool IsBroken(DateTimeOffset now) => count >= PatienceMax && now < NextTry;

    public DateTimeOffset NextTry { get; private set; }

    /// <summary>A container was ready, or what containers are has changed.</summary>
    public void Clear()
    {
        count = 0;
        NextTry = default;
        Told = null;
    }

    /// <returns>Whether it is time to tell those who wait.</returns>
    public bool Add(SandboxResult? result, DateTimeOffset now)
    {
        count++;
        NextTry = now + TimeSpan.FromSeconds(Math.Min(SecondsMax, Math.Pow(2, Math.Min(count - 1, 10))));

        // An image does not get a program by being tried again.
        return result is null or { Ending: SandboxEnding.StartFailure } or { ExitCode: NotFoundStatus } || count >= PatienceMax;
    }

    public static string Explain(string function, SandboxResult result) => $"No container of '{function}' could be started: " + result switch
    {
        { Message: { Length: > 0 } message } => message,
        { ExitCode: NotFoundStatus } =>
            "its image has no program 'python' (exit code 127), which functions run with. Name an image that has Python 3, such as Image.debian_slim() or Image.from_registry(\"python:3.11\").",
        _ => $"its process ended with exit code {result.ExitCode} before it was ready. Its logs say more.",
    };

    public static string ExplainSlow(string function, int seconds) =>
        $"The container of '{function}' did not get ready within {seconds} s: its imports or its enter hooks take too long, or nothing listens on the port that it serves. Raise startup_timeout.";

    /// <summary>Why an input has no result although a container had it.</summary>
    public static string ExplainLoss(string function, SandboxResult result) => result.Ending switch
    {
        SandboxEnding.OutOfMemory => $"The container of '{function}' ran out of memory while it worked on this input. Give the function more with memory=.",
        SandboxEnding.Success or SandboxEnding.Failure =>
            $"The container of '{function}' ended with exit code {result.ExitCode} while it worked on this input. {result.Message}".TrimEnd(),
        _ => $"The container of '{function}' was lost while it worked on this input. {result.Message}".TrimEnd(),
    };
}
