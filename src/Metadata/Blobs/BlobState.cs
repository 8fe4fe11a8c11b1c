namespace Appliance.Metadata.Blobs;

/// <summary>Where a blob is in its life. The numbers are stored.</summary>
public enum BlobState
{
    /// <summary>Its bytes have not all come yet.</summary>
    Awaited = 0,

    /// <summary>Whole, checked and on disk.</summary>
    Stored = 1,

    /// <summary>Gone for everybody; its file is about to be removed.</summary>
    Removed = 2,
}
