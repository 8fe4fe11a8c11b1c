namespace Appliance.Containers.Specs;

/// <summary>What root may do in a container: the set that container engines grant by default.</summary>
internal static class Capabilities
{
    private static readonly string[] Default =
    [
        "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", MakeNodes,
        "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
    ];

    private const string MakeNodes = "CAP_MKNOD";

    private static readonly string[] WithoutNodes = [.. Default.Where(each => each != MakeNodes)];

    /// <summary>Another user than root holds none, and can gain none.</summary>
    public static OciCapabilities For(uint userId, bool canMakeNodes)
    {
        string[] most = canMakeNodes ? Default : WithoutNodes;
        return userId == 0 ? new OciCapabilities(most, most, most) : new OciCapabilities(most, [], []);
    }

    public static bool CanMakeNodes(OciCapabilities capabilities) => capabilities.Bounding.Contains(MakeNodes);
}
