using Appliance.Images.Building.Copying;

namespace Appliance.Images.Building;

/// <summary>The files that a client sends along with a build. '.dockerignore' was applied by the client.</summary>
public interface IBuildContext
{
    /// <summary>The files as a tree, to be read until the build ends.</summary>
    ICopyTree Open();
}

/// <summary>A build without files.</summary>
public sealed class EmptyContext : IBuildContext
{
    public static EmptyContext Instance { get; } = new();

    public ICopyTree Open() => new ListedTree([]);
}
