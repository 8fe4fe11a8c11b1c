using Appliance.Containers.Packed;
using Appliance.Core.Errors;
using Appliance.Native.Libraries;

namespace Appliance.Containers.Shims;

/// <summary>Where the programs are that run containers.</summary>
/// <param name="Shim">containerd-shim-runc-v2.</param>
/// <param name="Runc">The OCI runtime.</param>
/// <param name="Gvisor">runsc, where it is installed.</param>
public sealed record ShimPrograms(string Shim, string Runc, string? Gvisor)
{
    /// <summary>What the packed runc is linked with; systemd's machines have it.</summary>
    private const string SeccompLibrary = "libseccomp.so.2";

    /// <summary>Where administrators' programs lie; not every service's PATH has them.</summary>
    private static readonly string[] AlwaysSearched = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Those of the machine; of what it lacks, what this executable carries, unpacked.</summary>
    /// <param name="directory">Below which to unpack.</param>
    /// <exception cref="ApplianceException">FailedPrecondition: they cannot be unpacked there, or do not run here.</exception>
    public static ShimPrograms Locate(string directory)
    {
        if (FindObstacle() is { } obstacle)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, obstacle);
        }

        var packed = new Lazy<string>(() => PackedPrograms.EnsureUnpacked(directory));
        return new ShimPrograms(
            Find(PackedPrograms.Shim) ?? Path.Combine(packed.Value, PackedPrograms.Shim),
            Find(PackedPrograms.Runc) ?? Path.Combine(packed.Value, PackedPrograms.Runc),
            Find("runsc"));
    }

    /// <summary>What the machine lacks for either; null when containers can be started.</summary>
    public static string? FindObstacle() => Find(PackedPrograms.Runc) is not null || SharedLibrary.CanBeLoaded(SeccompLibrary)
        ? null
        : $"Containers need '{SeccompLibrary}', which is not installed: install the package 'libseccomp2' (elsewhere 'libseccomp'), or 'runc'.";

    /// <summary>Where runsc is.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it is not installed.</exception>
    public static string RequireGvisor() => Require(FindGvisor());

    /// <summary>Where runsc is; null when it is not installed.</summary>
    public static string? FindGvisor() => Find("runsc");

    /// <summary>Whether there is an OCI runtime of a name that requests use.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no such runtime. FailedPrecondition: it is not installed.</exception>
    public static void Check(string name) => new ShimPrograms("", "", Find("runsc")).RuntimeOf(name);

    /// <summary>The OCI runtime of a name that requests use.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no such runtime. FailedPrecondition: it is not installed.</exception>
    public string RuntimeOf(string name) => name switch
    {
        "" or "runc" => Runc,
        "gvisor" => Require(Gvisor),
        _ => throw new ApplianceException(ErrorKind.InvalidArgument, $"Unknown runtime '{name}': use 'runc' or 'gvisor'."),
    };

    private static string Require(string? runsc) => runsc ?? throw new ApplianceException(
        ErrorKind.FailedPrecondition, "The runtime 'gvisor' needs runsc, which is not installed: install the package 'runsc'.");

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(AlwaysSearched)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(path => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not { Exists: false });
}
