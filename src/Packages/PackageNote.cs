using System.Text.Json.Serialization;

namespace Appliance.Packages;

/// <summary>What is known of a stored file; true of it for as long as size and time are the file's.</summary>
/// <param name="RequiresPython">The versions of Python it is for; null where it does not say.</param>
/// <param name="MetadataSha256">Of the METADATA in a wheel; null for an sdist.</param>
public sealed record PackageNote(string Sha256, long SizeBytes, DateTime ModifiedAt, string? RequiresPython, string? MetadataSha256);

/// <summary>A stored file with what is known of it.</summary>
public sealed record StoredPackage(PackageFile File, PackageNote Note);

/// <summary>Notes as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PackageNote))]
internal sealed partial class PackageNoteJson : JsonSerializerContext;
