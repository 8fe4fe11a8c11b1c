using Appliance.Containers.Specs;

namespace Appliance.Engine.Mounts;

/// <summary>The layers of a container's mounts; they stay on the disk until this is disposed.</summary>
/// <param name="Layers">Directories, the topmost first.</param>
/// <param name="Directories">Those of the image that the layers lie on, as the image has them.</param>
/// <param name="Release">What disposing does.</param>
public sealed record MountHold(IReadOnlyList<string> Layers, IReadOnlyList<ContainerDirectory> Directories, Action Release) : IDisposable
{
    public static MountHold Nothing { get; } = new([], [], static () => { });

    public void Dispose() => Release();
}
