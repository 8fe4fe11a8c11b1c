using Appliance.Images.Building;
using Appliance.Images.Catalog;
using Appliance.Metadata.Images;
using Appliance.Metadata.Transactions;
using Image = Appliance.Protos.Modal.Image;

namespace Appliance.Gateways.Modal.Images;

/// <summary>Finds the image that the operator declared to stand for the SDK's Debian-slim recipe.</summary>
internal static class DebianSlimStandIn
{
    /// <summary>Null where the request is for something else, or nothing was declared.</summary>
    public static ImageReference? Find(ReadTransaction read, Image image) =>
        DebianSlimRecipe.StandInOf(image.DockerfileCommands) is { } name && ImageTags.Find(read, name.Full) is not null ? name : null;
}
