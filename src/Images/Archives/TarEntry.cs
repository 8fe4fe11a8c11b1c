using System.Globalization;
using System.Text;
using Appliance.Native.Directories;

namespace Appliance.Images.Archives;

/// <summary>One entry of a tar archive, without its data.</summary>
public sealed record TarEntry
{
    public required TarKind Kind { get; init; }

    /// <summary>The path as it stands in the archive, byte for byte.</summary>
    public required byte[] Name { get; init; }

    /// <summary>Where a link leads; empty for anything else.</summary>
    public byte[] LinkName { get; init; } = [];

    /// <summary>Permission bits, with set-user-id, set-group-id and sticky.</summary>
    public required int Mode { get; init; }

    public uint User { get; init; }

    public uint Group { get; init; }

    public NodeTime ModifiedAt { get; init; }

    /// <summary>The length of a file, holes included.</summary>
    public long SizeBytes { get; init; }

    /// <summary>For devices.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>Extended attributes in the order of the archive.</summary>
    public IReadOnlyList<TarAttribute> Attributes { get; init; } = [];

    /// <summary>Where the stored bytes of a file with holes belong, in their order; null for a file without.</summary>
    public IReadOnlyList<TarPiece>? Pieces { get; init; }

    /// <summary>The path for messages, without what would move a terminal's cursor.</summary>
    public string DisplayName => string.Concat(Encoding.UTF8.GetString(Name).Select(
        letter => char.IsControl(letter) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : letter.ToString()));
}

/// <summary>One extended attribute.</summary>
public readonly record struct TarAttribute(string Key, byte[] Value);

/// <summary>Bytes of a file with holes that the archive holds.</summary>
public readonly record struct TarPiece(long Offset, long LengthBytes);
