using Appliance.Core.Errors;

namespace Appliance.Containers.Shims;

/// <summary>Where the programs are that run containers.</summary>
/// <param name="Shim">containerd-shim-runc-v2.</param>
/// <param name="Runc">The OCI runtime.</param>
/// <param name="Gvisor">runsc, where it is installed.</param>
public sealed record ShimPrograms(string Shim, string Runc, string? Gvisor)
{
    private const string ShimName = "containerd-shim-runc-v2";

    /// <summary>Where administrators' programs lie; not every service's PATH has them.</summary>
    private static readonly string[] AlwaysSearched = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <exception cref="ApplianceException">FailedPrecondition: one that is needed is missing.</exception>
    public static ShimPrograms Locate() => new(Require(ShimName, "containerd"), Require("runc", "runc"), Find("runsc"));

    /// <summary>The OCI runtime of a name that requests use.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no such runtime. FailedPrecondition: it is not installed.</exception>
    public string RuntimeOf(string name) => name switch
    {
        "" or "runc" => Runc,
        "gvisor" => Gvisor ?? throw new ApplianceException(
            ErrorKind.FailedPrecondition, "The runtime 'gvisor' needs runsc, which is not installed: install the package 'runsc'."),
        _ => throw new ApplianceException(ErrorKind.InvalidArgument, $"Unknown runtime '{name}': use 'runc' or 'gvisor'."),
    };

    private static string Require(string program, string package) => Find(program) ?? throw new ApplianceException(
        ErrorKind.FailedPrecondition, $"Containers need '{program}', which is not installed: install the package '{package}'.");

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(AlwaysSearched)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);
}
