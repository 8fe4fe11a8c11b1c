namespace Appliance.Containers.Networks.Netlink;

/// <summary>The kernel refused a request. HResult is the error number.</summary>
public sealed class NetlinkException : IOException
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int NoSuchProcess = 3;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int Exists = 17;
    public const int NoSuchDevice = 19;
    public const int InvalidArgument = 22;
    public const int NotSupported = 95;
    public const int NoProtocolFamily = 96;

    /// <param name="what">The request, as in "add an address to 'eth0'".</param>
    /// <param name="error">The error number.</param>
    /// <param name="kernelText">The kernel's own words; null when it gave none.</param>
    public NetlinkException(string what, int error, string? kernelText)
        : base($"{what}: {NetlinkErrorText.Of(error)}{(kernelText is null ? "" : $" ({kernelText})")}", error)
    {
    }
}
