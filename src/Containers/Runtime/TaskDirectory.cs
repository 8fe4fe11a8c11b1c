using Appliance.Native.Directories;

namespace Appliance.Containers.Runtime;

/// <summary>What one container leaves on the disk: its changes to the image, and what its processes wrote.</summary>
/// <param name="root">Where.</param>
/// <param name="keptOutput">How many bytes of each output of its first process are kept.</param>
public sealed class TaskDirectory(string root, long keptOutput = TaskDirectory.DefaultKeptOutput)
{
    /// <summary>The folder of the data directory that holds those of all containers.</summary>
    public const string ParentName = "tasks";

    public const long DefaultKeptOutput = 1L << 30;

    // Clients read files through commands, and only once the command has ended: files of up to 5 GiB.
    private const int ExecFactor = 8;

    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public string Root => root;

    /// <summary>What the container wrote to its root file system, as an overlay's upper directory.</summary>
    public string Changes => Path.Combine(root, "changes");

    public string Work => Path.Combine(root, "work");

    /// <summary>For directories that only this container sees and that are no part of its root; made by who needs it.</summary>
    public string Scratch => Path.Combine(root, "scratch");

    public string Main => Path.Combine(root, "main");

    public string Execs => Path.Combine(root, "execs");

    /// <summary>Names the GPUs that the container has, as long as it has them.</summary>
    public string GpuLease => Path.Combine(root, "gpus");

    /// <summary>Names where the driver's files show in the container.</summary>
    public string GpuMounts => Path.Combine(root, "gpu-mounts");

    /// <summary>What the container has used of the machine.</summary>
    public string Usage => Path.Combine(root, "usage");

    public ProcessFiles MainFiles => new(Main, keptOutput);

    public ProcessFiles ExecFiles(string execId) => new(Path.Combine(Execs, execId), keptOutput * ExecFactor);

    public void Create()
    {
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // This directory's mode is that of the container's root.
        Directory.CreateDirectory(Changes, Open);
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Main);
        Directory.CreateDirectory(Execs);
    }

    /// <summary>Removes what the container changed in its image; what its processes wrote to their streams stays.</summary>
    public void RemoveChanges()
    {
        TreeRemoval.Remove(Changes);
        TreeRemoval.Remove(Work);
    }

    public void RemoveScratch() => TreeRemoval.Remove(Scratch);

    /// <summary>Removes all of it.</summary>
    public void Remove() => TreeRemoval.Remove(root);
}
