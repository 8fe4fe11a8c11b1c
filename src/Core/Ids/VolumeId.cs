namespace Appliance.Core.Ids;

/// <summary>Names one volume.</summary>
public readonly record struct VolumeId(string Text) : IObjectId<VolumeId>
{
    public static string Prefix => "vo";

    public static string Noun => "volume";

    public static VolumeId FromText(string text) => new(text);

    public override string ToString() => Text;
}
