using System.CommandLine;
using System.Globalization;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image list</c>.</summary>
public static class ListVerb
{
    public static Command Create()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also those without a name: builds and snapshots." };
        var command = new Command("list", "List the images that are here.") { all };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            IReadOnlyList<ImageSummary> images =
                [.. (await access.Images.ListAsync(cancellation)).Where(image => parsed.GetValue(all) || image.Tags.Count + image.Names.Count > 0)];
            terminal.WriteResult(images, AdminJson.Default.IReadOnlyListImageSummary, text => Write(text, images));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, IReadOnlyList<ImageSummary> images)
    {
        var table = new TextTable("IMAGE", "ID", "ORIGIN", "SIZE", "LAYERS", "CREATED");
        foreach (ImageSummary image in images)
        {
            string created = image.CreatedAt.LocalDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            foreach (string name in (string[])[.. image.Tags, .. image.Names] is { Length: > 0 } names ? names : ["-"])
            {
                table.AddRow(name, image.ImageId, image.Origin, ByteText.Of(image.SizeBytes), ByteText.Count(image.LayerCount), created);
            }
        }

        table.WriteTo(terminal);
    }
}
