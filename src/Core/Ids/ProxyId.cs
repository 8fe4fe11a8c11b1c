namespace Appliance.Core.Ids;

/// <summary>Names one proxy.</summary>
public readonly record struct ProxyId(string Text) : IObjectId<ProxyId>
{
    public static string Prefix => "pr";

    public static string Noun => "proxy";

    public static ProxyId FromText(string text) => new(text);

    public override string ToString() => Text;
}
