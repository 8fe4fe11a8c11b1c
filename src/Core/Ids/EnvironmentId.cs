namespace Appliance.Core.Ids;

/// <summary>Names one environment.</summary>
public readonly record struct EnvironmentId(string Text) : IObjectId<EnvironmentId>
{
    public static string Prefix => "en";

    public static string Noun => "environment";

    public static EnvironmentId FromText(string text) => new(text);

    public override string ToString() => Text;
}
