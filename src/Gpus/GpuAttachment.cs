namespace Appliance.Gpus;

/// <summary>What a container must be given to use some GPUs, and no others.</summary>
public sealed record GpuAttachment
{
    public required IReadOnlyList<GpuDevice> Devices { get; init; }

    public required IReadOnlyList<GpuNode> Nodes { get; init; }

    /// <summary>The driver's libraries and programs, read-only.</summary>
    public required IReadOnlyList<GpuFile> Files { get; init; }

    public IReadOnlyList<GpuHook> Hooks { get; init; } = [];

    /// <summary>Each as NAME=VALUE.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Where in the container the loader has to look for libraries; null where it finds them by itself.</summary>
    public string? LibraryDirectory { get; init; }
}

/// <summary>A character device.</summary>
/// <param name="Path">In the container.</param>
/// <param name="Major">Of its number.</param>
/// <param name="Minor">Of its number.</param>
public sealed record GpuNode(string Path, long Major, long Minor);

/// <summary>A file or directory of the machine that shows in the container.</summary>
/// <param name="Source">Absolute path on the machine.</param>
/// <param name="Target">Absolute path in the container.</param>
public sealed record GpuFile(string Source, string Target);

/// <summary>A program of the machine that the OCI runtime runs while it makes the container.</summary>
/// <param name="Stage">In OCI's words: "createContainer".</param>
/// <param name="Path">Absolute, on the machine.</param>
/// <param name="Arguments">The program's name included.</param>
/// <param name="Variables">Each as NAME=VALUE.</param>
public sealed record GpuHook(string Stage, string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Variables);
