using Appliance.Containers.Networks.Netlink;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks;

/// <summary>Says what to do about the kernel's refusals.</summary>
internal static class NetworkFailure
{
    private const int NotPermitted = 1;
    private const int NoAccess = 13;
    private const int NoSpaceLeft = 28;
    private const int TooManyFiles = 24;
    private const int NoMemory = 12;

    public static ApplianceException Describe(string what, Exception cause)
    {
        (ErrorKind kind, string fix) = cause.HResult switch
        {
            NotPermitted or NoAccess => (ErrorKind.PermissionDenied, "Run the appliance as root; in a container it needs CAP_NET_ADMIN and CAP_SYS_ADMIN."),
            NoSpaceLeft => (ErrorKind.ResourceExhausted, "The limit of network namespaces is reached: raise it with 'sysctl user.max_net_namespaces=65536'."),
            TooManyFiles or NoMemory => (ErrorKind.ResourceExhausted, "The machine is short of open files or of memory for another network."),
            NetlinkException.NotFound or NetlinkException.NotSupported or NetlinkException.NoProtocolFamily =>
                (ErrorKind.FailedPrecondition, "The kernel lacks a part of networking: 'appliance doctor' names it."),
            _ => (ErrorKind.Internal, "'appliance doctor' looks at what containers' networks need."),
        };
        return new ApplianceException(kind, $"{what}: {cause.Message}. {fix}", cause);
    }
}
