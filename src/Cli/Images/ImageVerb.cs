using System.CommandLine;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image …</c>: images in, out and away.</summary>
public static class ImageVerb
{
    public static Command Create() => new("image", "Bring images to this machine, look at them, and remove them.")
    {
        ImportVerb.Create(), PullVerb.Create(), ExportVerb.Create(), ListVerb.Create(), InspectVerb.Create(), TagVerb.Create(), RemoveVerb.Create(), PruneVerb.Create(),
    };
}
