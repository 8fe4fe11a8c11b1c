using System.CommandLine;
using Appliance.Cli.Output;
using Appliance.Packages;

namespace Appliance.Cli.Wheels;

/// <summary><c>appliance wheels add</c>.</summary>
public static class AddVerb
{
    private const string Description =
        """
        Take in Python packages: wheels (.whl) and sdists (.tar.gz), or directories of them, such as 'pip download -d DIR NAME'
        fills.

        All files are checked before the first of them shows. Builds and containers that start from then on find them:
        'pip install' and 'uv pip install' need no option. A project that has files here is taken from here alone.
        """;

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and directories.", Arity = ArgumentArity.OneOrMore };
        var force = new Option<bool>("--force") { Description = "Replace files of the same name that have other contents." };
        var command = new Command("add", Description) { paths, force };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            var intake = new WheelhouseIntake(WheelhouseAccess.Open(parsed), TimeProvider.System);
            IReadOnlyList<TakenPackage> taken = await intake.AddAsync(parsed.GetValue(paths)!, parsed.GetValue(force), cancellation);
            IReadOnlyList<WheelSummary> summaries =
                [.. taken.Select(each => WheelSummary.Of(each.Package, each.Outcome.ToString().ToLowerInvariant()))];
            terminal.WriteResult(summaries, WheelsJson.Default.IReadOnlyListWheelSummary, text => Write(text, taken));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, IReadOnlyList<TakenPackage> taken)
    {
        foreach ((StoredPackage package, IntakeOutcome outcome) in taken)
        {
            string what = $"{package.File.Project} {package.File.Version} ({package.File.FileName}, {ByteText.Of(package.Note.SizeBytes)})";
            terminal.WriteLine(outcome switch
            {
                IntakeOutcome.Added => $"Added {what}.",
                IntakeOutcome.Replaced => $"Replaced {what}.",
                _ => $"Already there: {what}.",
            });
        }
    }
}
