using System.Runtime.InteropServices;

namespace Appliance.Containers.Specs;

/// <summary>
/// The system calls that a container may make: those that ordinary programs need, as container engines allow them by
/// default. What can change the whole machine (modules, mounts, clocks, tracing the kernel, new user namespaces) is refused.
/// </summary>
internal static class SeccompProfile
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Refuse = "SCMP_ACT_ERRNO";
    private const string MaskedEqual = "SCMP_CMP_MASKED_EQ";
    private const string Equal = "SCMP_CMP_EQ";
    private const string NotEqual = "SCMP_CMP_NE";

    private const uint NotPermitted = 1;
    private const uint NoSuchCall = 38;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    private const ulong NewNamespaces = 0x7E020000;

    private const ulong VirtualMachineSockets = 40;

    public static readonly OciSeccomp Default = new(
        Refuse,
        NotPermitted,
        OwnArchitectures(),
        [
            new OciSyscall(SeccompSyscalls.Harmless, Allow),
            new OciSyscall(["clone"], Allow, Args: [new OciSyscallArgument(0, NewNamespaces, 0, MaskedEqual)]),

            // Its flags lie in memory, where a filter cannot look; told that there is none, the C library calls clone.
            new OciSyscall(["clone3"], Refuse, NoSuchCall),
            new OciSyscall(["socket"], Allow, Args: [new OciSyscallArgument(0, VirtualMachineSockets, 0, NotEqual)]),
            .. Personalities(),
        ]);

    /// <summary>Those whose programs this machine runs. The filter is made anew for each process, at a cost for each of them.</summary>
    private static string[] OwnArchitectures() => RuntimeInformation.OSArchitecture == Architecture.Arm64
        ? ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
        : ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"];

    /// <summary>Linux, 32 bits, what is in force now: none that changes how addresses are laid out.</summary>
    private static IEnumerable<OciSyscall> Personalities() =>
        from value in new ulong[] { 0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF }
        select new OciSyscall(["personality"], Allow, Args: [new OciSyscallArgument(0, value, 0, Equal)]);
}
