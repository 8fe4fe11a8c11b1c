namespace Appliance.Contents;

/// <summary>Where the bytes of a file lie. The numbers are stored.</summary>
public enum ContentForm
{
    /// <summary>Nowhere: the file is empty.</summary>
    Empty = 0,

    /// <summary>They are exactly one block of the block store.</summary>
    Block = 1,

    /// <summary>In a file of their own: several blocks in order, or one that ends in zeros.</summary>
    File = 2,
}
