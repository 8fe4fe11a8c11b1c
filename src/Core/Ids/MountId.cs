namespace Appliance.Core.Ids;

/// <summary>Names one mount.</summary>
public readonly record struct MountId(string Text) : IObjectId<MountId>
{
    public static string Prefix => "mo";

    public static string Noun => "mount";

    public static MountId FromText(string text) => new(text);

    public override string ToString() => Text;
}
