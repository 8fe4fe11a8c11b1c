using System.CommandLine;
using System.Runtime.InteropServices;
using Appliance.Cli.Output;
using Appliance.Hosting.Server;

namespace Appliance.Cli;

/// <summary><c>appliance version</c>: what this executable is.</summary>
public static class VersionVerb
{
    public static Command Create()
    {
        var command = new Command("version", "Print what this executable is.");
        command.Runs((_, terminal, _) =>
        {
            var facts = new VersionFacts(ServerVersion.Text, RuntimeInformation.RuntimeIdentifier, RuntimeInformation.FrameworkDescription);
            terminal.WriteResult(facts, OutputJson.Default.VersionFacts, text =>
                text.WriteLine($"appliance {facts.Version} ({facts.Platform}, {facts.Runtime})"));
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }
}

/// <summary>What <c>version --json</c> prints.</summary>
public sealed record VersionFacts(string Version, string Platform, string Runtime);
