namespace Appliance.Core.Ids.Functions;

/// <summary>Names what a function was once defined as.</summary>
public readonly record struct DefinitionId(string Text) : IObjectId<DefinitionId>
{
    public static string Prefix => "de";

    public static string Noun => "function definition";

    public static DefinitionId FromText(string text) => new(text);

    public override string ToString() => Text;
}
