namespace Appliance.Core.Ids.Functions;

/// <summary>Names one call: one input, or many that belong together.</summary>
public readonly record struct FunctionCallId(string Text) : IObjectId<FunctionCallId>
{
    public static string Prefix => "fc";

    public static string Noun => "function call";

    public static FunctionCallId FromText(string text) => new(text);

    public override string ToString() => Text;
}
