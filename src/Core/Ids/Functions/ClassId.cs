namespace Appliance.Core.Ids.Functions;

/// <summary>Names one class of an app.</summary>
public readonly record struct ClassId(string Text) : IObjectId<ClassId>
{
    public static string Prefix => "cs";

    public static string Noun => "class";

    public static ClassId FromText(string text) => new(text);

    public override string ToString() => Text;
}
