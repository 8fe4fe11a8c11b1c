using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image inspect</c>.</summary>
public static class InspectVerb
{
    public static Command Create()
    {
        Argument<string> image = ImageOptions.Image();
        var command = new Command("inspect", "Print all about an image: its names, its configuration and its layers.") { image };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            ImageDetail detail = await access.Images.InspectAsync(parsed.GetValue(image)!, cancellation);
            terminal.WriteResult(detail, AdminJson.Default.ImageDetail, text => Write(text, detail));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, ImageDetail detail)
    {
        ImageSummary image = detail.Image;
        terminal.WriteLine($"Id:       {image.ImageId}");
        terminal.WriteLine($"Names:    {(image.Tags.Count + image.Names.Count == 0 ? "none" : string.Join(", ", image.Tags.Concat(image.Names)))}");
        terminal.WriteLine($"Origin:   {image.Origin}, {image.CreatedAt.LocalDateTime:yyyy-MM-dd HH:mm}{(image.ExpiresAt is { } end ? $", expires {end.LocalDateTime:yyyy-MM-dd HH:mm}" : "")}");
        terminal.WriteLine($"Size:     {ByteText.Of(image.SizeBytes)}{(image.IsInUse ? ", in use" : "")}");
        terminal.WriteLine($"Config:   {detail.Config.GetRawText()}");
        terminal.WriteLine();
        var table = new TextTable("LAYER", "SIZE", "ENTRIES", "DIFF ID");
        foreach (ImageLayerDetail layer in detail.Layers)
        {
            table.AddRow(layer.Name, ByteText.Of(layer.SizeBytes), ByteText.Count(layer.EntryCount), layer.DiffId ?? "-");
        }

        table.WriteTo(terminal);
    }
}
