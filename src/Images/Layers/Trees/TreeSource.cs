using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Trees;

/// <summary>What a layer is copied from; nobody changes it meanwhile.</summary>
/// <param name="Directory">The tree. Nothing that is mounted in it counts, but for what is named here.</param>
public sealed record TreeSource(string Directory)
{
    /// <summary>By path from the tree's root, without a slash before: what shows there instead.</summary>
    public IReadOnlyDictionary<string, DirectoryHandle> Mounted { get; init; } = new Dictionary<string, DirectoryHandle>();

    /// <summary>Changes the copy, at the path that it is given, before it becomes a layer.</summary>
    public Action<string>? Finish { get; init; }
}
