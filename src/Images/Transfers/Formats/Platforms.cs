using System.Runtime.InteropServices;
using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Which images run on this machine.</summary>
internal static class Platforms
{
    private const string Unknown = "unknown";

    /// <summary>In Go's words.</summary>
    public static string Architecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>Leaves out what is for other machines, and what is no image but about one.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: there are images, and none of them is for this machine.</exception>
    public static IReadOnlyList<OciDescriptor> Choose(IReadOnlyList<OciDescriptor> descriptors)
    {
        OciDescriptor[] images = [.. descriptors.Where(one => one.Platform is not { Os: Unknown } and not { Architecture: Unknown })];
        OciDescriptor[] fitting = [.. images.Where(Fits)];
        return fitting.Length > 0 || images.Length == 0 ? fitting : throw new ApplianceException(
            ErrorKind.InvalidArgument,
            $"There is no image for linux/{Architecture} in it, only for {string.Join(", ", images.Select(Describe).Distinct())}.");
    }

    /// <summary>A configuration says itself which machine it is for.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: for another one.</exception>
    public static void Require(string os, string architecture)
    {
        if ((os is not ("" or "linux")) || (architecture.Length > 0 && architecture != Architecture))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"The image is for {os}/{architecture}, and this machine is linux/{Architecture}: get the image for this one.");
        }
    }

    private static bool Fits(OciDescriptor descriptor) =>
        descriptor.Platform is not { } platform || (platform.Os is "linux" or "" && platform.Architecture.Length == 0) || (platform.Os == "linux" && platform.Architecture == Architecture);

    private static string Describe(OciDescriptor descriptor) => $"{descriptor.Platform!.Os}/{descriptor.Platform.Architecture}";
}
