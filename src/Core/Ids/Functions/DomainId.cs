namespace Appliance.Core.Ids.Functions;

/// <summary>Names one host name that a user noted as their own.</summary>
public readonly record struct DomainId(string Text) : IObjectId<DomainId>
{
    public static string Prefix => "dm";

    public static string Noun => "domain";

    public static DomainId FromText(string text) => new(text);

    public override string ToString() => Text;
}
