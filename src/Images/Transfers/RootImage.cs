using System.Text;
using Appliance.Core.Digests;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Transfers.Formats;
using Appliance.Metadata.Images;

namespace Appliance.Images.Transfers;

/// <summary>The image that a bare root file system makes: one layer, a shell, and the usual search path.</summary>
internal static class RootImage
{
    public const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static NewImage Of(LayerHold layer, IReadOnlyList<ImageReference> tags)
    {
        var config = new ImageConfig
        {
            Architecture = Platforms.Architecture,
            Run = new ImageRunConfig { Env = [SearchPath], Cmd = ["/bin/sh"] },
            History = [new ImageHistoryEntry { CreatedBy = "appliance image import" }],
        };
        return new NewImage(config, [layer], ImageOrigin.Imported)
        {
            Definition = Digest.Of(Encoding.UTF8.GetBytes($"root\0{layer.Name}\0{ImageJson.Write(config)}")),
            Tags = tags,
        };
    }
}
