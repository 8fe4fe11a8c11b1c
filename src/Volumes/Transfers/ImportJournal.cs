using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Transfers;

/// <summary>What a commit will write, kept in a file until all of it is known: a million entries need no memory.</summary>
internal sealed class ImportJournal : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly string path;
    private readonly BinaryWriter writer;

    public ImportJournal(string path)
    {
        this.path = path;
        writer = new BinaryWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes));
    }

    public long Count { get; private set; }

    public void Add(StagedItem item)
    {
        Count++;
        writer.Write(item.Path.Text);
        writer.Write((byte)item.Kind);
        writer.Write(item.Mode);
        writer.Write(item.ModifiedAt.UtcTicks);
        writer.Write((byte)item.Content.Form);
        writer.Write(item.Content.SizeBytes);
        Span<byte> id = stackalloc byte[Digest.LengthBytes];
        item.Content.Id.CopyTo(id);
        writer.Write(id);
        Write(item.Target);
        Write(item.TwinOf?.Text);
    }

    /// <summary>Reads what was added, in order. Nothing is added any more.</summary>
    public IEnumerable<StagedItem> Read()
    {
        writer.Flush();
        using var reader = new BinaryReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes));
        for (long index = 0; index < Count; index++)
        {
            yield return Read(reader);
        }
    }

    public void Dispose()
    {
        writer.Dispose();
        File.Delete(path);
    }

    private static StagedItem Read(BinaryReader reader)
    {
        var item = new StagedItem(
            VolumePath.Read(reader.ReadString()), (VolumeEntryKind)reader.ReadByte(), reader.ReadInt32(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));
        (ContentForm form, long sizeBytes) = ((ContentForm)reader.ReadByte(), reader.ReadInt64());
        Span<byte> id = stackalloc byte[Digest.LengthBytes];
        reader.BaseStream.ReadExactly(id);
        return item with
        {
            Content = new FileContent(form, Digest.FromBytes(id), sizeBytes),
            Target = ReadText(reader),
            TwinOf = ReadText(reader) is { } twin ? VolumePath.Read(twin) : null,
        };
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private void Write(string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }
}
