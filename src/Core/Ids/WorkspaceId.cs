namespace Appliance.Core.Ids;

/// <summary>Names one workspace.</summary>
public readonly record struct WorkspaceId(string Text) : IObjectId<WorkspaceId>
{
    public static string Prefix => "ac";

    public static string Noun => "workspace";

    public static WorkspaceId FromText(string text) => new(text);

    public override string ToString() => Text;
}
