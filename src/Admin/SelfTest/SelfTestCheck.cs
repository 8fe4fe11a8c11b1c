namespace Appliance.Admin.SelfTest;

/// <summary>One thing that the executable proves of itself on this machine.</summary>
/// <param name="Name">What is proved.</param>
/// <param name="RunAsync">Does it in a directory of its own and tells what it saw; throws when it fails.</param>
public sealed record SelfTestCheck(string Name, Func<string, CancellationToken, Task<string>> RunAsync);

/// <summary>How a check went.</summary>
public sealed record SelfTestResult(string Name, bool Passed, double Milliseconds, string Detail);

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
