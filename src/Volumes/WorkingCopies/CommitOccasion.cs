namespace Appliance.Volumes.WorkingCopies;

/// <summary>Why a container's changes are committed, which tells how much may be left for the next time.</summary>
public enum CommitOccasion
{
    /// <summary>Somebody asked for it.</summary>
    Requested,

    /// <summary>It is time again. A large file that is being written is left alone until it rests.</summary>
    Background,

    /// <summary>Nobody can write any more, so everything is taken.</summary>
    Final,
}
