using Appliance.Admin.Doctor.Probing;
using Appliance.Native.Mounts;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Mounts an overlay on the data directory's disk, reads through it and writes to it.</summary>
public sealed class OverlayCheck(DoctorSubject subject) : IDoctorCheck
{
    private const string Fix = "Load the module ('modprobe overlay'), and keep --data on ext4, xfs or btrfs, not on another overlay or a network disk.";

    public string Name => "overlayfs";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Finding>>([Inspect()]);

    private Finding Inspect()
    {
        if (!subject.IsRoot)
        {
            return Finding.Warn(Name, "not tried without root", "Run 'sudo appliance doctor'.");
        }

        using ScratchFolder scratch = ScratchFolder.Create(subject.DataDirectory);
        string lower = scratch.Folder("lower");
        string upper = scratch.Folder("upper");
        string merged = scratch.Folder("merged");
        File.WriteAllText(Path.Combine(lower, "file"), "lower");
        try
        {
            string options = $"lowerdir={lower},upperdir={upper},workdir={scratch.Folder("work")}";
            using (FileSystemMount.Mount("overlay", merged, "overlay", options))
            {
                string seen = File.ReadAllText(Path.Combine(merged, "file"));
                File.WriteAllText(Path.Combine(merged, "file"), "upper");
                return seen == "lower" && File.ReadAllText(Path.Combine(upper, "file")) == "upper"
                    ? Finding.Ok(Name, $"mounted one in '{Path.GetDirectoryName(scratch.Path)}'")
                    : Finding.Bad(Name, "mounts, but shows the wrong files", Fix);
            }
        }
        catch (IOException cause)
        {
            return Finding.Bad(Name, cause.Message, Fix);
        }
    }
}
