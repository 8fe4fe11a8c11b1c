using System.Runtime.InteropServices;
using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>A kind of machine, in Go's words.</summary>
/// <param name="Os">"linux".</param>
/// <param name="Architecture">"amd64", "arm64".</param>
/// <param name="Variant">"v7"; null for any.</param>
public sealed record ImagePlatform(string Os, string Architecture, string? Variant = null)
{
    public static ImagePlatform OfThisMachine { get; } = new("linux", RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    });

    /// <exception cref="ApplianceException">InvalidArgument, saying what a platform looks like.</exception>
    public static ImagePlatform Read(string text) => text.Split('/') switch
    {
        ["linux", { Length: > 0 } architecture] => new ImagePlatform("linux", architecture),
        ["linux", { Length: > 0 } architecture, { Length: > 0 } variant] => new ImagePlatform("linux", architecture, variant),
        _ => throw new ApplianceException(ErrorKind.InvalidArgument, $"'{text}' is no platform that images are kept for: write it as 'linux/amd64', 'linux/arm64' or 'linux/arm/v7'."),
    };

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
