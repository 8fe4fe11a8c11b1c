namespace Appliance.Core.Ids.Tokens;

/// <summary>Names one proxy token, with which web functions are called.</summary>
public readonly record struct ProxyTokenId(string Text) : IObjectId<ProxyTokenId>
{
    public static string Prefix => "wk";

    public static string Noun => "proxy token";

    public static ProxyTokenId FromText(string text) => new(text);

    public override string ToString() => Text;
}
