using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Cli.Tokens;
using Appliance.Core.Errors;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image prune</c>: images that have no name and that nothing uses.</summary>
public static class PruneVerb
{
    private const string Description =
        """
        Remove images without a name that nothing uses: old builds and snapshots. A client that asks for such a build again
        has it built again; a snapshot is lost.
        """;

    public static Command Create()
    {
        var age = new Option<string>("--older-than")
        {
            Description = "Only images made before that time: 90m, 12h, 30d; 0s for all. [default: 30d]", HelpName = "TIME", DefaultValueFactory = _ => "30d",
        };
        var dry = new Option<bool>("--dry-run") { Description = "Print what would be removed." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new Command("prune", Description) { age, dry, yes };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            string text = parsed.GetValue(age)!;
            double seconds = text is "0" or "0s" ? 0 : LifetimeText.Read(text).TotalSeconds;
            var pruning = new ImagePruning(seconds, parsed.GetValue(dry));
            if (!pruning.DryRun && !parsed.GetValue(yes) && !await ConfirmAsync(access, pruning, terminal, cancellation))
            {
                return ExitStatus.Failed;
            }

            ImagePruned pruned = await access.Images.PruneAsync(pruning, cancellation);
            terminal.WriteResult(pruned, AdminJson.Default.ImagePruned, output => Write(output, pruned));
            return ExitStatus.Done;
        });
        return command;
    }

    private static async Task<bool> ConfirmAsync(StorageAccess access, ImagePruning pruning, Terminal terminal, CancellationToken cancellation)
    {
        if (!terminal.CanAsk)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "Nobody can be asked here: add --yes to prune, or --dry-run to see what would go.");
        }

        Write(terminal, await access.Images.PruneAsync(pruning with { DryRun = true }, cancellation));
        return terminal.Ask("Remove these?");
    }

    private static void Write(Terminal terminal, ImagePruned pruned)
    {
        foreach (ImageSummary image in pruned.Images)
        {
            terminal.WriteLine($"{(pruned.DryRun ? "Would remove" : "Removed")} {image.ImageId} ({image.Origin}, {ByteText.Of(image.SizeBytes)}).");
        }

        terminal.WriteLine(pruned.DryRun
            ? $"{pruned.Images.Count} images; what they share with others stays."
            : $"{pruned.Images.Count} images; {ByteText.Of(pruned.Bytes)} came back.");
    }
}
