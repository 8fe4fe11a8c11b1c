using System.Buffers.Binary;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Admin.Upkeep;

/// <summary>How far the scrub is, kept in the metadata so that a restart does not begin it anew.</summary>
/// <param name="BegunAt">When the present round began, or the last one if it has ended.</param>
/// <param name="NextShelf">Which part comes next; as many as there are parts when the round has ended.</param>
internal readonly record struct ScrubState(DateTimeOffset BegunAt, int NextShelf)
{
    private const string Key = "upkeep.scrub";
    private const int LengthBytes = sizeof(long) + sizeof(int);

    public static ScrubState? Find(MetadataStore store) =>
        store.Read(read => StoredSettings.Find(read, Key)) is { Length: LengthBytes } bytes
            ? new ScrubState(
                new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(bytes), TimeSpan.Zero),
                BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(sizeof(long))))
            : null;

    public Task SaveAsync(MetadataStore store, CancellationToken cancellation)
    {
        byte[] bytes = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, BegunAt.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeof(long)), NextShelf);
        return store.WriteAsync(write => StoredSettings.Write(write, Key, bytes), cancellation);
    }
}
