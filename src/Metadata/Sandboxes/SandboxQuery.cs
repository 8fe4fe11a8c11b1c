using Appliance.Core.Ids;

namespace Appliance.Metadata.Sandboxes;

/// <summary>Which sandboxes to list.</summary>
/// <param name="EnvironmentId">Where they belong.</param>
/// <param name="AppId">Whose they are; null for all apps.</param>
/// <param name="Tags">What all of them have.</param>
/// <param name="CreatedBefore">Strictly older than this.</param>
/// <param name="IncludesEnded">Otherwise only those that have not ended.</param>
/// <param name="CountMax">How many at most.</param>
public sealed record SandboxQuery(
    EnvironmentId EnvironmentId,
    AppId? AppId,
    IReadOnlyList<SandboxTag> Tags,
    DateTimeOffset CreatedBefore,
    bool IncludesEnded,
    int CountMax);

/// <summary>A name and a value that a client put on a sandbox.</summary>
public readonly record struct SandboxTag(string Name, string Value);
