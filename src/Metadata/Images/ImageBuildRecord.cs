using Appliance.Core.Digests;

namespace Appliance.Metadata.Images;

/// <summary>The row of one build.</summary>
/// <param name="Id">The id that the image has or will have.</param>
/// <param name="Definition">What is built: equal definitions are one build.</param>
/// <param name="Request">All that it takes to build it, in the builder's own form.</param>
/// <param name="State">How far it is.</param>
/// <param name="Failure">Why it failed, for people.</param>
/// <param name="CreatedAt">When it was first asked for.</param>
/// <param name="EndedAt">When it ended last.</param>
public sealed record ImageBuildRecord(
    string Id, Digest Definition, byte[] Request, ImageBuildState State, string? Failure, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>How far a build is. The numbers are stored.</summary>
public enum ImageBuildState
{
    /// <summary>It runs, or did when the server stopped.</summary>
    Running = 0,
    Succeeded = 1,
    Failed = 2,
    Cancelled = 3,
    TimedOut = 4,
}
