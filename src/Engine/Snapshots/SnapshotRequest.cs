using Appliance.Core.Errors;

namespace Appliance.Engine.Snapshots;

/// <summary>What a client asks a snapshot to be.</summary>
/// <param name="Id">Of the client's own: a call with the same id gets the same image.</param>
/// <param name="Life">How long the image stays; null for ever.</param>
/// <param name="Key">Without which the image cannot be used; null for none.</param>
public sealed record SnapshotRequest(string Id, TimeSpan? Life, ReadOnlyMemory<byte>? Key)
{
    private const long DefaultSeconds = 30L * 24 * 3600;
    private const long SecondsMax = 100L * 365 * 24 * 3600;
    private const int IdLengthMax = 256;

    /// <param name="id">The client's.</param>
    /// <param name="seconds">Null for 30 days, -1 for ever.</param>
    /// <param name="key">Null for none.</param>
    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static SnapshotRequest Read(string id, long? seconds, ReadOnlyMemory<byte>? key)
    {
        if (id.Length is 0 or > IdLengthMax)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A snapshot needs an id of 1 to {IdLengthMax} characters.");
        }

        long life = seconds ?? DefaultSeconds;
        if (life is 0 or < -1 or > SecondsMax)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"A snapshot is kept for 1 to {SecondsMax} seconds, or with -1 for ever; {life} was asked for.");
        }

        ImageKeys.Check(key);
        return new SnapshotRequest(id, life == -1 ? null : TimeSpan.FromSeconds(life), key);
    }
}
