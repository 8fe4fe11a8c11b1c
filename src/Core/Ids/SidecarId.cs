namespace Appliance.Core.Ids;

/// <summary>Names one container beside a sandbox's main one.</summary>
public readonly record struct SidecarId(string Text) : IObjectId<SidecarId>
{
    public static string Prefix => "ctr";

    public static string Noun => "container";

    public static SidecarId FromText(string text) => new(text);

    public override string ToString() => Text;
}
