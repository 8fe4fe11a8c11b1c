namespace Appliance.Core.Ids;

/// <summary>Names one image.</summary>
public readonly record struct ImageId(string Text) : IObjectId<ImageId>
{
    public static string Prefix => "im";

    public static string Noun => "image";

    public static ImageId FromText(string text) => new(text);

    public override string ToString() => Text;
}
