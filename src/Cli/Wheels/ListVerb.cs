using System.CommandLine;
using Appliance.Cli.Output;
using Appliance.Core.Errors;
using Appliance.Packages;

namespace Appliance.Cli.Wheels;

/// <summary><c>appliance wheels list</c>.</summary>
public static class ListVerb
{
    public static Command Create()
    {
        var command = new Command("list", "List the packages that are here.");
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            IReadOnlyList<WheelSummary> packages = await ReadAsync(WheelhouseAccess.Open(parsed), terminal, cancellation);
            terminal.WriteResult(packages, WheelsJson.Default.IReadOnlyListWheelSummary, text => Write(text, packages));
            return ExitStatus.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<WheelSummary>> ReadAsync(Wheelhouse wheelhouse, Terminal terminal, CancellationToken cancellation)
    {
        List<WheelSummary> packages = [];
        foreach (PackageFile file in wheelhouse.List())
        {
            try
            {
                if (await wheelhouse.DescribeAsync(file, cancellation) is { } package)
                {
                    packages.Add(WheelSummary.Of(package));
                }
            }
            catch (ApplianceException damage)
            {
                terminal.WriteError(new VerbFailure(damage.Kind.ToString(), damage.Message));
            }
        }

        return packages;
    }

    private static void Write(Terminal terminal, IReadOnlyList<WheelSummary> packages)
    {
        var table = new TextTable("NAME", "VERSION", "PYTHON", "SIZE", "FILE");
        foreach (WheelSummary package in packages)
        {
            table.AddRow(package.Name, package.Version, package.RequiresPython ?? "-", ByteText.Of(package.SizeBytes), package.File);
        }

        table.WriteTo(terminal);
    }
}
