using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image remove</c>.</summary>
public static class RemoveVerb
{
    private const string Description =
        """
        Take a reference from its image; the image goes with its last name. An id takes the image with all its names.

        What runs keeps the files it needs until it ends. Layers that other images share stay.
        """;

    public static Command Create()
    {
        Argument<string> image = ImageOptions.Image();
        var command = new Command("remove", Description) { image };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            ImageRemoved removed = await access.Images.RemoveAsync(new ImageRemoval(parsed.GetValue(image)!), cancellation);
            terminal.WriteResult(removed, AdminJson.Default.ImageRemoved, text => Write(text, removed));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, ImageRemoved removed)
    {
        foreach (string reference in removed.Untagged)
        {
            terminal.WriteLine($"'{reference}' names nothing any more.");
        }

        if (removed.RemovedImageId is { } id)
        {
            terminal.WriteLine($"Removed {id}{(removed.IsInUse ? "; its files stay until what runs of it has ended" : "")}.");
        }
    }
}
