using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Which images run on this machine.</summary>
internal static class Platforms
{
    private const string Unknown = "unknown";

    /// <summary>In Go's words.</summary>
    public static string Architecture => ImagePlatform.OfThisMachine.Architecture;

    /// <summary>Leaves out what is for other machines, and what is no image but about one.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: there are images, and none of them is for this machine.</exception>
    public static IReadOnlyList<OciDescriptor> Choose(IReadOnlyList<OciDescriptor> descriptors) => Choose(descriptors, ImagePlatform.OfThisMachine);

    /// <summary>As for this machine, for any.</summary>
    public static IReadOnlyList<OciDescriptor> Choose(IReadOnlyList<OciDescriptor> descriptors, ImagePlatform wanted)
    {
        OciDescriptor[] images = [.. descriptors.Where(one => one.Platform is not { Os: Unknown } and not { Architecture: Unknown })];
        OciDescriptor[] fitting = [.. images.Where(one => Fits(one, wanted))];
        return fitting.Length > 0 || images.Length == 0 ? fitting : throw new ApplianceException(
            ErrorKind.InvalidArgument,
            $"There is no image for {wanted} in it, only for {string.Join(", ", images.Select(Describe).Distinct())}.");
    }

    /// <summary>A configuration says itself which machine it is for.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: for another one.</exception>
    public static void Require(string os, string architecture, ImagePlatform? wanted)
    {
        ImagePlatform platform = wanted ?? ImagePlatform.OfThisMachine;
        if ((os.Length > 0 && os != platform.Os) || (architecture.Length > 0 && architecture != platform.Architecture))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, platform == ImagePlatform.OfThisMachine
                ? $"The image is for {os}/{architecture}, and this machine is linux/{Architecture}: get the image for this one."
                : $"The image is for {os}/{architecture}, not for {platform}.");
        }
    }

    private static bool Fits(OciDescriptor descriptor, ImagePlatform wanted) => descriptor.Platform is not { } platform
        || (platform.Os is "linux" or "" && platform.Architecture.Length == 0)
        || (platform.Os == wanted.Os && platform.Architecture == wanted.Architecture && (wanted.Variant is null || platform.Variant is null || platform.Variant == wanted.Variant));

    private static string Describe(OciDescriptor descriptor) => $"{descriptor.Platform!.Os}/{descriptor.Platform.Architecture}";
}
