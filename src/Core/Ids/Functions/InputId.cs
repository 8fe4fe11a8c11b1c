namespace Appliance.Core.Ids.Functions;

/// <summary>Names one input of a call.</summary>
public readonly record struct InputId(string Text) : IObjectId<InputId>
{
    public static string Prefix => "in";

    public static string Noun => "input";

    public static InputId FromText(string text) => new(text);

    public override string ToString() => Text;
}
