using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Appliance.Volumes.WorkingCopies.Changes;

/// <summary>
/// What of the changes is in the volume already, by path. Kept in a file, too, so that a new process need not read
/// everything again, and knows what was removed since.
/// </summary>
internal sealed class CommittedEntries
{
    private const int BufferBytes = 64 * 1024;

    private readonly Dictionary<string, CommittedEntry> entries = new(StringComparer.Ordinal);

    public IReadOnlyCollection<KeyValuePair<string, CommittedEntry>> All => entries;

    public static CommittedEntries Read(string path)
    {
        var read = new CommittedEntries();
        using var reader = new BinaryReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes), Encoding.UTF8);
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            read.entries[reader.ReadString()] = new CommittedEntry(
                (CommittedKind)reader.ReadByte(), reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());
        }

        return read;
    }

    /// <summary>Writes a new file. It need not outlast a failure of power: the changes do not, either.</summary>
    public void Write(string path)
    {
        using var writer = new BinaryWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes), Encoding.UTF8);
        writer.Write(entries.Count);
        foreach ((string name, CommittedEntry entry) in entries)
        {
            writer.Write(name);
            writer.Write((byte)entry.Kind);
            writer.Write(entry.Inode);
            writer.Write(entry.SizeBytes);
            writer.Write(entry.ChangedAtTicks);
            writer.Write(entry.Mode);
        }
    }

    public bool TryGet(string path, [MaybeNullWhen(false)] out CommittedEntry entry) => entries.TryGetValue(path, out entry);

    public bool Has(string path) => entries.ContainsKey(path);

    public void Set(string path, CommittedEntry entry) => entries[path] = entry;

    /// <summary>Whether something above the path hides what the version below the changes has there.</summary>
    public bool HidesBase(string path)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (entries.TryGetValue(path[..slash], out CommittedEntry above) && above.Kind != CommittedKind.Directory)
            {
                return true;
            }
        }

        return false;
    }
}
