using Appliance.Native.Directories;

namespace Appliance.Containers.Specs;

/// <summary>A directory of the image that layers above it would show as their own.</summary>
/// <param name="Path">Absolute, without links.</param>
/// <param name="Status">What it is in the image, and stays.</param>
public sealed record ContainerDirectory(string Path, NodeStatus Status);
