using System.Text.Json.Serialization;

namespace Appliance.Admin.Bundles;

/// <summary>What a bundle holds; it comes after all of it. Keys are stable: other programs may read them.</summary>
/// <param name="Form">Which form the bundle has; another number than <see cref="PresentForm"/> is of another time.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Members">Its files, in their order.</param>
public sealed record BundleManifest(int Form, DateTimeOffset CreatedAt, IReadOnlyList<BundleMember> Members)
{
    public const int PresentForm = 1;
}

/// <summary>One file of a bundle.</summary>
/// <param name="File">Its name.</param>
/// <param name="Kind">What it is, a <see cref="BundleKinds"/>.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal digits.</param>
public sealed record BundleMember(string File, string Kind, long SizeBytes, string Sha256)
{
    internal bool IsPackage => Kind is BundleKinds.Package or BundleKinds.Client;

    /// <summary>The images in it, by the references that will stand for them.</summary>
    public IReadOnlyList<string>? Images { get; init; }

    /// <summary>The volume that it is.</summary>
    public BundleVolume? Volume { get; init; }
}

/// <summary>A volume in a bundle.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">1 or 2: how clients send files to it.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Their lengths.</param>
public sealed record BundleVolume(string Name, int Version, long Files, long Bytes);

/// <summary>What files of a bundle can be.</summary>
internal static class BundleKinds
{
    /// <summary>An OCI layout of one or more images, packed with zstd.</summary>
    public const string Images = "images";

    /// <summary>A volume's files as a tar archive, packed with zstd.</summary>
    public const string Volume = "volume";

    /// <summary>A Python package for the wheelhouse, as it is.</summary>
    public const string Package = "package";

    /// <summary>A wheel of the libraries that functions run with, as it is.</summary>
    public const string Client = "client";
}

/// <summary>JSON of bundles' manifests.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BundleManifest))]
public sealed partial class BundleJson : JsonSerializerContext;
