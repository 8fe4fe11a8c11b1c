using System.CommandLine;
using Appliance.Admin.SelfTest;
using Appliance.Cli.Output;
using Appliance.Hosting.SelfTest;

namespace Appliance.Cli.SelfTest;

/// <summary><c>appliance self-test</c>: proves on this machine what the executable is made of.</summary>
public static class SelfTestVerb
{
    public static Command Create()
    {
        var command = new Command("self-test", "Prove on this machine that the executable works. Touches no data; exit status 1 when a check fails.");
        command.Runs(async (_, terminal, cancellation) =>
        {
            IReadOnlyList<SelfTestResult> results = await new SelfTestRunner(TimeProvider.System)
                .RunAsync([.. StorageChecks.All, .. ServerChecks.All], cancellation);
            terminal.WriteResult(results, OutputJson.Default.IReadOnlyListSelfTestResult, text => Write(text, results));
            return results.All(result => result.Passed) ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static void Write(Terminal terminal, IReadOnlyList<SelfTestResult> results)
    {
        var table = new TextTable("CHECK", "RESULT", "MS", "SEEN");
        foreach (SelfTestResult result in results)
        {
            table.AddRow(result.Name, result.Passed ? "passed" : "FAILED", $"{result.Milliseconds:0}", result.Detail);
        }

        table.WriteTo(terminal);
        int passed = results.Count(result => result.Passed);
        terminal.WriteLine($"{passed} of {results.Count} passed");
    }
}
