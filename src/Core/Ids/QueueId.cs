namespace Appliance.Core.Ids;

/// <summary>Names one queue.</summary>
public readonly record struct QueueId(string Text) : IObjectId<QueueId>
{
    public static string Prefix => "qu";

    public static string Noun => "queue";

    public static QueueId FromText(string text) => new(text);

    public override string ToString() => Text;
}
