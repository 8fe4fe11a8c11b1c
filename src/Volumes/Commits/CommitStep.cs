namespace Appliance.Volumes.Commits;

/// <summary>One step of a commit was done: the place at which a long commit may let other writers in.</summary>
public readonly struct CommitStep;
