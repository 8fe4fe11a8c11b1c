using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image tag</c>.</summary>
public static class TagVerb
{
    public static Command Create()
    {
        Argument<string> image = ImageOptions.Image();
        var tag = new Argument<string>("NAME:TAG") { Description = "The further name. It is taken from the image that had it." };
        var command = new Command("tag", "Give an image a further name.") { image, tag };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            ImageSummary tagged = await access.Images.TagAsync(new ImageTagging(parsed.GetValue(image)!, parsed.GetValue(tag)!), cancellation);
            terminal.WriteResult(tagged, AdminJson.Default.ImageSummary, text => text.WriteLine($"{tagged.ImageId} is {string.Join(", ", tagged.Tags)} now."));
            return ExitStatus.Done;
        });
        return command;
    }
}
