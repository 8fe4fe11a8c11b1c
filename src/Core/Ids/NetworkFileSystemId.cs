namespace Appliance.Core.Ids;

/// <summary>Names one network file system.</summary>
public readonly record struct NetworkFileSystemId(string Text) : IObjectId<NetworkFileSystemId>
{
    public static string Prefix => "sv";

    public static string Noun => "network file system";

    public static NetworkFileSystemId FromText(string text) => new(text);

    public override string ToString() => Text;
}
