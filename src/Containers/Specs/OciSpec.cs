using System.Text.Json.Serialization;

namespace Appliance.Containers.Specs;

/// <summary>The part of the OCI runtime specification (config.json) that the appliance uses.</summary>
internal sealed record OciSpec(
    string OciVersion,
    OciProcess Process,
    OciRoot Root,
    string Hostname,
    IReadOnlyList<OciMount> Mounts,
    OciLinux Linux,
    IReadOnlyDictionary<string, string>? Annotations = null,
    OciHooks? Hooks = null);

/// <summary>Programs of the machine, by the moment at which they run.</summary>
internal sealed record OciHooks(
    IReadOnlyList<OciHook>? Prestart,
    IReadOnlyList<OciHook>? CreateRuntime,
    IReadOnlyList<OciHook>? CreateContainer,
    IReadOnlyList<OciHook>? StartContainer,
    IReadOnlyList<OciHook>? Poststart,
    IReadOnlyList<OciHook>? Poststop);

internal sealed record OciHook(string Path, IReadOnlyList<string> Args, IReadOnlyList<string> Env);

internal sealed record OciRoot(string Path, bool Readonly);

/// <summary>One process, of a container's start or of an exec.</summary>
internal sealed record OciProcess(
    bool Terminal,
    OciConsoleSize? ConsoleSize,
    OciUser User,
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Env,
    string Cwd,
    OciCapabilities Capabilities,
    IReadOnlyList<OciRlimit> Rlimits,
    bool NoNewPrivileges,
    int? OomScoreAdj = null);

internal sealed record OciConsoleSize(uint Height, uint Width);

internal sealed record OciUser(uint Uid, uint Gid, IReadOnlyList<uint>? AdditionalGids = null);

internal sealed record OciCapabilities(
    IReadOnlyList<string> Bounding,
    IReadOnlyList<string> Effective,
    IReadOnlyList<string> Permitted);

internal sealed record OciRlimit(string Type, ulong Hard, ulong Soft);

internal sealed record OciMount(string Destination, string Type, string Source, IReadOnlyList<string> Options);

internal sealed record OciLinux(
    IReadOnlyList<OciNamespace> Namespaces,
    string CgroupsPath,
    OciResources Resources,
    IReadOnlyList<OciDevice> Devices,
    IReadOnlyList<string> MaskedPaths,
    IReadOnlyList<string> ReadonlyPaths,
    OciSeccomp? Seccomp,
    string? RootfsPropagation = null,
    IReadOnlyDictionary<string, string>? Sysctl = null);

internal sealed record OciNamespace(string Type, string? Path = null);

internal sealed record OciDevice(string Path, string Type, long Major, long Minor, uint FileMode, uint Uid = 0, uint Gid = 0);

internal sealed record OciResources(
    IReadOnlyList<OciDeviceRule> Devices, OciMemory? Memory, OciCpu? Cpu, OciPids? Pids);

internal sealed record OciDeviceRule(bool Allow, string? Type, long? Major, long? Minor, string Access);

internal sealed record OciMemory(long? Limit, long? Swap, long? Reservation);

internal sealed record OciCpu(ulong? Shares, long? Quota, ulong? Period);

internal sealed record OciPids(long Limit);

internal sealed record OciSeccomp(
    string DefaultAction, uint DefaultErrnoRet, IReadOnlyList<string> Architectures, IReadOnlyList<OciSyscall> Syscalls);

internal sealed record OciSyscall(
    IReadOnlyList<string> Names, string Action, uint? ErrnoRet = null, IReadOnlyList<OciSyscallArgument>? Args = null);

internal sealed record OciSyscallArgument(uint Index, ulong Value, ulong ValueTwo, string Op);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciSpec))]
[JsonSerializable(typeof(OciProcess))]
internal sealed partial class RuntimeSpecJson : JsonSerializerContext;
