namespace Appliance.Core.Ids;

/// <summary>Names one blob.</summary>
public readonly record struct BlobId(string Text) : IObjectId<BlobId>
{
    public static string Prefix => "bl";

    public static string Noun => "blob";

    public static BlobId FromText(string text) => new(text);

    public override string ToString() => Text;
}
