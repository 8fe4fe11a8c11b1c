namespace Appliance.Core.Ids.Tokens;

/// <summary>Names one token flow.</summary>
public readonly record struct TokenFlowId(string Text) : IObjectId<TokenFlowId>
{
    public static string Prefix => "tf";

    public static string Noun => "token flow";

    public static TokenFlowId FromText(string text) => new(text);

    public override string ToString() => Text;
}
