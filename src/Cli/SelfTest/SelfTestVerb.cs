using System.CommandLine;
using Appliance.Admin.SelfTest;
using Appliance.Cli.Output;
using Appliance.Hosting.SelfTest;
using Appliance.Hosting.SelfTest.Functions;
using Appliance.Hosting.SelfTest.Sandboxes;

namespace Appliance.Cli.SelfTest;

/// <summary><c>appliance self-test</c>: proves on this machine what the executable is made of.</summary>
public static class SelfTestVerb
{
    public static Command Create()
    {
        var command = new Command("self-test", "Prove on this machine that the executable works. Touches no data and needs no network; containers need root. Exit status 1 when a check fails.");
        command.Runs((_, terminal, cancellation) => RunAsync(terminal, cancellation));
        return command;
    }

    private static async Task<ExitStatus> RunAsync(Terminal terminal, CancellationToken cancellation)
    {
        using var interruption = new Interruption(cancellation);
        try
        {
            IReadOnlyList<SelfTestResult> results = await new SelfTestRunner(TimeProvider.System)
                .RunAsync([.. StorageChecks.All, .. ServerChecks.All, .. SandboxChecks.All, .. FunctionChecks.All], interruption.Token);
            terminal.WriteResult(results, OutputJson.Default.IReadOnlyListSelfTestResult, text => Write(text, results));
            return results.All(result => result.Passed || result.Skipped) ? ExitStatus.Done : ExitStatus.Failed;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            terminal.WriteError(new VerbFailure("Cancelled", "The self-test was interrupted; what it had started is removed."));
            return ExitStatus.Failed;
        }
    }

    private static void Write(Terminal terminal, IReadOnlyList<SelfTestResult> results)
    {
        var table = new TextTable("CHECK", "RESULT", "MS", "SEEN");
        foreach (SelfTestResult result in results)
        {
            table.AddRow(result.Name, result.Passed ? "passed" : result.Skipped ? "SKIPPED" : "FAILED", $"{result.Milliseconds:0}", result.Detail);
        }

        table.WriteTo(terminal);
        int passed = results.Count(result => result.Passed);
        int skipped = results.Count(result => result.Skipped);
        terminal.WriteLine($"{passed} of {results.Count} passed{(skipped > 0 ? $", {skipped} SKIPPED: nothing is known of them" : "")}");
    }
}
