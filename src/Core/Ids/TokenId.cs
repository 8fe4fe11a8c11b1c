namespace Appliance.Core.Ids;

/// <summary>Names one token.</summary>
public readonly record struct TokenId(string Text) : IObjectId<TokenId>
{
    public static string Prefix => "ak";

    public static string Noun => "token";

    public static TokenId FromText(string text) => new(text);

    public override string ToString() => Text;
}
