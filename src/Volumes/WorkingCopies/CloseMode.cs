namespace Appliance.Volumes.WorkingCopies;

/// <summary>What becomes of changes that were not committed.</summary>
public enum CloseMode
{
    Commit,

    /// <summary>They are removed.</summary>
    Discard,
}
