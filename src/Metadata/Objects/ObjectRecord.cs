using Appliance.Core.Ids;

namespace Appliance.Metadata.Objects;

/// <summary>What every object has in common, whatever its kind. Exactly one of name, app and expiry is set.</summary>
/// <param name="Id">With the prefix of its kind.</param>
/// <param name="EnvironmentId">Where its name is looked up.</param>
/// <param name="Name">Null for an anonymous object.</param>
/// <param name="AppId">The app it goes with, when an app owns it.</param>
/// <param name="ExpiresAt">When it goes unless a heartbeat comes first, when it is ephemeral.</param>
/// <param name="CreatedAt">In whole microseconds.</param>
/// <param name="CreatedBy">The name of the token that made it, for people to read.</param>
public sealed record ObjectRecord(
    string Id,
    EnvironmentId EnvironmentId,
    string? Name,
    AppId? AppId,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    string CreatedBy)
{
    public TId IdAs<TId>()
        where TId : struct, IObjectId<TId> => ObjectId.Read<TId>(Id);
}
