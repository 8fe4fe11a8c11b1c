namespace Appliance.Core.Ids.Functions;

/// <summary>Names one cluster: containers of a function that work on every input together.</summary>
public readonly record struct ClusterId(string Text) : IObjectId<ClusterId>
{
    public static string Prefix => "cl";

    public static string Noun => "cluster";

    public static ClusterId FromText(string text) => new(text);

    public override string ToString() => Text;
}
