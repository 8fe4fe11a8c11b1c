using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Metadata.Volumes;

namespace Appliance.Volumes;

/// <summary>What an entry of a volume says, in the words of the content store.</summary>
public static class VolumeEntry
{
    public static FileContent ContentOf(VolumeEntryRecord entry) =>
        new((ContentForm)entry.Form, entry.Content ?? Digest.OfNothing, entry.SizeBytes);
}
