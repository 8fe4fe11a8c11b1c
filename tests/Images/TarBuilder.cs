using System.Text;
using Appliance.Images.Archives;
using Appliance.Native.Directories;

namespace Appliance.Tests.Images;

/// <summary>Archives as tests want them, sound or not.</summary>
internal sealed class TarBuilder
{
    private readonly MemoryStream target = new();
    private readonly TarWriter writer;

    public TarBuilder() => writer = new TarWriter(target);

    public TarBuilder File(string name, string text = "", int mode = 0x1A4, uint user = 0, uint group = 0) => Add(
        new TarEntry { Kind = TarKind.File, Name = Encoding.UTF8.GetBytes(name), Mode = mode, User = user, Group = group, ModifiedAt = new NodeTime(1_600_000_000, 0) },
        Encoding.UTF8.GetBytes(text));

    public TarBuilder Directory(string name, int mode = 0x1ED) => Add(Entry(TarKind.Directory, name + "/", mode));

    public TarBuilder SymbolicLink(string name, string target) =>
        Add(Entry(TarKind.SymbolicLink, name) with { LinkName = Encoding.UTF8.GetBytes(target) });

    public TarBuilder HardLink(string name, string target) => Add(Entry(TarKind.HardLink, name) with { LinkName = Encoding.UTF8.GetBytes(target) });

    public TarBuilder Device(string name, TarKind kind, uint major, uint minor) => Add(Entry(kind, name) with { Device = new DeviceNumber(major, minor) });

    public TarBuilder Add(TarEntry entry, byte[]? data = null)
    {
        ValueTask written = writer.WriteAsync(entry, data ?? [], default);
        Assert.True(written.IsCompletedSuccessfully);
        return this;
    }

    public byte[] ToArray()
    {
        Assert.True(writer.EndAsync(default).IsCompletedSuccessfully);
        return target.ToArray();
    }

    private static TarEntry Entry(TarKind kind, string name, int mode = 0x1A4) =>
        new() { Kind = kind, Name = Encoding.UTF8.GetBytes(name), Mode = mode, ModifiedAt = new NodeTime(1_600_000_000, 0) };
}
