namespace Appliance.Metadata.Images;

/// <summary>How an image came to be. The numbers are stored.</summary>
public enum ImageOrigin
{
    Imported = 0,
    Pulled = 1,
    Built = 2,
    Snapshot = 3,
}
