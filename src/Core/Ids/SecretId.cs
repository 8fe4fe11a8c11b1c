namespace Appliance.Core.Ids;

/// <summary>Names one secret.</summary>
public readonly record struct SecretId(string Text) : IObjectId<SecretId>
{
    public static string Prefix => "st";

    public static string Noun => "secret";

    public static SecretId FromText(string text) => new(text);

    public override string ToString() => Text;
}
