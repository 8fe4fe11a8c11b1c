using Appliance.Volumes.Transfers;
using Appliance.Volumes.WorkingCopies.Changes;

namespace Appliance.Volumes.WorkingCopies.Storing;

/// <summary>What a commit will write; all bytes are stored.</summary>
internal sealed class StagedChanges
{
    public required IReadOnlyList<SeenRemoval> Removals { get; init; }

    /// <summary>With paths in the volume, a directory always before what it holds.</summary>
    public List<StagedItem> Items { get; } = [];

    public List<string> Deferred { get; } = [];

    public bool IsEmpty => Removals.Count == 0 && Items.Count == 0;
}
