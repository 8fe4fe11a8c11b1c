using System.CommandLine;
using Appliance.Cli.Output;
using Appliance.Core.Errors;

namespace Appliance.Cli;

/// <summary>How a verb runs: its failures are printed once, in one form, with the status that tells them.</summary>
public static class Verb
{
    public static void Runs(this Command command, Func<ParseResult, Terminal, CancellationToken, Task<ExitStatus>> run) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Terminal terminal = Terminal.Open(
                parsed.GetValue(GlobalOptions.Json) ? OutputForm.Json : OutputForm.Text,
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error);
            try
            {
                return (int)await run(parsed, terminal, cancellationToken);
            }
            catch (ApplianceException failure)
            {
                terminal.WriteError(new VerbFailure(failure.Kind.ToString(), failure.Message));
                return (int)ExitStatuses.Of(failure.Kind);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                terminal.WriteError(new VerbFailure("Internal", $"Fault in '{command.Name}': {fault.GetType().Name}: {fault.Message}"));
                terminal.WriteDebug(fault.ToString());
                return (int)ExitStatus.Failed;
            }
        });
}
