using System.CommandLine;
using Appliance.Cli.Bundles;
using Appliance.Cli.Clients;
using Appliance.Cli.Completion;
using Appliance.Cli.Images;
using Appliance.Cli.Machine;
using Appliance.Cli.Output;
using Appliance.Cli.SelfTest;
using Appliance.Cli.Serving;
using Appliance.Cli.Space;
using Appliance.Cli.Tokens;
using Appliance.Cli.Volumes;
using Appliance.Cli.Wheels;

namespace Appliance.Cli;

/// <summary>All verbs, and what they share.</summary>
public static class CommandLine
{
    private const string Description =
        """
        Serverless compute that you own: one executable, the clients you already know.

        Exit statuses: 0 done; 1 failed; 2 wrong usage or input; 3 not found or already there; 4 not permitted;
        5 the server is not running, busy or locked; 6 no space left; 7 stored data is damaged.
        Every setting is a flag, an APPLIANCE_* variable and a line of the configuration file.
        """;

    public static Task<int> RunAsync(string[] arguments) => RunAsync(
        arguments, new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });

    /// <summary>Runs where the invocation says: its writers take the place of the console.</summary>
    internal static async Task<int> RunAsync(string[] arguments, InvocationConfiguration invocation)
    {
        ParseResult parsed = Build().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Terminal terminal = Terminal.Open(
                arguments.Contains("--json") ? OutputForm.Json : OutputForm.Text, invocation.Output, invocation.Error);
            terminal.WriteError(new VerbFailure("usage", string.Join(' ', parsed.Errors.Select(error => error.Message))));
            return (int)ExitStatus.Usage;
        }

        return await parsed.InvokeAsync(invocation);
    }

    internal static RootCommand Build()
    {
        var root = new RootCommand(Description)
        {
            ServeVerb.Create(), StatusVerb.Create(), TokenVerb.Create(), VolumeVerb.Create(), ImageVerb.Create(), BundleVerb.Create(), WheelsVerb.Create(), ClientVerb.Create(), SystemVerb.Create(),
            DoctorVerb.Create(), SelfTestVerb.Create(), InstallVerb.Create(), UninstallVerb.Create(),
            CompletionVerb.Create(), VersionVerb.Create(),
        };
        root.Options.Add(GlobalOptions.Data);
        root.Options.Add(GlobalOptions.Config);
        root.Options.Add(GlobalOptions.Json);
        return root;
    }
}
