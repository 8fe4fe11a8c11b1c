using System.CommandLine;

namespace Appliance.Cli.Images;

/// <summary>What several verbs ask for.</summary>
internal static class ImageOptions
{
    public static Argument<string> Image() => new("IMAGE") { Description = "An image's id or reference: im-…, alpine:3.21." };
}
