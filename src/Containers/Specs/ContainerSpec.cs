namespace Appliance.Containers.Specs;

/// <summary>What a container is to be: neutral, complete, and enough to make it again.</summary>
public sealed record ContainerSpec
{
    public const string Runc = "runc";
    public const string Gvisor = "gvisor";

    /// <summary>Letters, digits and dashes; unique among all containers of the machine.</summary>
    public required string Id { get; init; }

    /// <summary>Directories of the image, the topmost first.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>Directories that lie above those of the image and are no part of it, the topmost first.</summary>
    public IReadOnlyList<string> AddedLayers { get; init; } = [];

    /// <summary>Directories of the image that added layers have, too; a parent stands before what is in it.</summary>
    public IReadOnlyList<ContainerDirectory> Directories { get; init; } = [];

    public required ProcessSpec Process { get; init; }

    /// <summary>Who the first process runs as, looked up in the container's own files: "name", "1000:1000"; empty for root.</summary>
    public string User { get; init; } = "";

    public string Hostname { get; init; } = "modal";

    /// <summary>In the order in which they are mounted.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    public IReadOnlyList<ContainerLink> Links { get; init; } = [];

    public ResourceLimits Limits { get; init; } = new();

    public IReadOnlyList<ContainerDevice> Devices { get; init; } = [];

    public IReadOnlyList<ContainerHook> Hooks { get; init; } = [];

    /// <summary>A network namespace to join; without one the container gets one of its own with loopback alone.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The OCI runtime: "runc" or "gvisor".</summary>
    public string Runtime { get; init; } = Runc;

    /// <summary>Whether programs under gVisor may connect to Unix sockets of the machine that lie in mounts; elsewhere they may.</summary>
    public bool OpensSockets { get; init; }

    /// <summary>A directory with a checkpoint that the container goes on from, under gVisor; null to begin anew.</summary>
    public string? Checkpoint { get; init; }
}
