using System.CommandLine;
using System.Text.Json;
using Appliance.Cli;

namespace Appliance.Tests.Cli;

/// <summary>One run of the command line, with what it printed.</summary>
public sealed record VerbRun(ExitStatus Status, string Output, string Errors)
{
    public static async Task<VerbRun> OfAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = errors };
        int status = await CommandLine.RunAsync(arguments, invocation);
        return new VerbRun((ExitStatus)status, output.ToString(), errors.ToString());
    }

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}
