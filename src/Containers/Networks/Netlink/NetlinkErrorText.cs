using System.Runtime.InteropServices;

namespace Appliance.Containers.Networks.Netlink;

/// <summary>Words for the kernel's error numbers.</summary>
internal static class NetlinkErrorText
{
    public static string Of(int error) => Marshal.GetPInvokeErrorMessage(error);
}
