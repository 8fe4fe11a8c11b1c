using Appliance.Native.Directories;

namespace Appliance.Images.Building.Copying;

/// <summary>A tree that COPY takes files from. Paths are relative to its root, without '.' and '..'; the root is empty.</summary>
public interface ICopyTree : IDisposable
{
    /// <summary>Where a path leads when links on its way, and at its end, are followed within the tree; null for nowhere.</summary>
    string? Resolve(string path);

    /// <summary>What has the path, which no link is on the way of; null when nothing has.</summary>
    CopyNode? Find(string path);

    /// <summary>The names in a directory, in order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>The bytes of a file.</summary>
    Stream Open(string path);

    /// <summary>What a symbolic link says.</summary>
    string ReadLink(string path);
}

/// <summary>One entry of a tree.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="User">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="SizeBytes">Of files.</param>
/// <param name="ModifiedAt">When it changed last.</param>
/// <param name="Capability">The capabilities of a program; null for none.</param>
public sealed record CopyNode(NodeKind Kind, int Mode, uint User, uint Group, long SizeBytes, NodeTime ModifiedAt, byte[]? Capability = null);
