namespace Appliance.Metadata.Space;

/// <summary>How much the objects of one kind hold.</summary>
/// <param name="Kind">The prefix of their ids.</param>
/// <param name="Count">How many objects there are.</param>
/// <param name="Files">How many files are in them.</param>
/// <param name="Bytes">The lengths of these files.</param>
public sealed record KindUsage(string Kind, long Count, long Files, long Bytes);
