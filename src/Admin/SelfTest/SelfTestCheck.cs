namespace Appliance.Admin.SelfTest;

/// <summary>One thing that the executable proves of itself on this machine.</summary>
/// <param name="Name">What is proved.</param>
/// <param name="RunAsync">Does it in a directory of its own and tells what it saw; throws when it fails.</param>
public sealed record SelfTestCheck(string Name, Func<string, CancellationToken, Task<string>> RunAsync)
{
    /// <summary>What this machine lacks for the check to be made at all; null for nothing.</summary>
    public Func<string?> FindObstacle { get; init; } = () => null;
}

/// <summary>How a check went.</summary>
/// <param name="Name">What was to be proved.</param>
/// <param name="Passed">It was.</param>
/// <param name="Skipped">It could not be tried, so that nothing is known.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Detail">What was seen, or what stood in the way.</param>
public sealed record SelfTestResult(string Name, bool Passed, bool Skipped, double Milliseconds, string Detail);

/// <summary>A check saw something else than it must.</summary>
public sealed class SelfTestException(string message) : Exception(message)
{
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new SelfTestException(otherwise);
        }
    }
}
