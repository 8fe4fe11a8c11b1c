namespace Appliance.Core.Ids;

/// <summary>Names one dict.</summary>
public readonly record struct DictId(string Text) : IObjectId<DictId>
{
    public static string Prefix => "di";

    public static string Noun => "dict";

    public static DictId FromText(string text) => new(text);

    public override string ToString() => Text;
}
