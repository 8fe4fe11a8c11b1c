namespace Appliance.Core.Ids;

/// <summary>Names one memory snapshot of a sandbox.</summary>
public readonly record struct MemorySnapshotId(string Text) : IObjectId<MemorySnapshotId>
{
    public static string Prefix => "sn";

    public static string Noun => "memory snapshot";

    public static MemorySnapshotId FromText(string text) => new(text);

    public override string ToString() => Text;
}
