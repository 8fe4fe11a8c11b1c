namespace Appliance.Core.Ids;

/// <summary>Names one app.</summary>
public readonly record struct AppId(string Text) : IObjectId<AppId>
{
    public static string Prefix => "ap";

    public static string Noun => "app";

    public static AppId FromText(string text) => new(text);

    public override string ToString() => Text;
}
