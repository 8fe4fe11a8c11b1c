using System.Text.Json;

namespace Appliance.Admin.Images;

/// <summary>How an archive of images is taken in.</summary>
/// <param name="Tag">What stands for the image; null for what the archive calls it.</param>
/// <param name="Select">Which of several images; null for all.</param>
public sealed record ImageImport(string? Tag, string? Select);

/// <summary>An import of a file or directory that the server reads itself.</summary>
public sealed record ImagePathImport(ImageImport Import, string Path);

/// <summary>An image to be fetched from a registry.</summary>
/// <param name="Reference">What its registry calls it.</param>
/// <param name="Tag">What to call it here; null for the same.</param>
/// <param name="Platform">"linux/arm64"; null for this machine's.</param>
/// <param name="Login">Who asks; null for what the server itself has.</param>
public sealed record ImagePull(string Reference, string? Tag, string? Platform, ImagePullLogin? Login);

/// <summary>Who asks a registry.</summary>
/// <param name="User">Empty with a token.</param>
/// <param name="Secret">A password, or a token that is exchanged for others.</param>
/// <param name="IsIdentityToken">Which of the two.</param>
public sealed record ImagePullLogin(string User, string Secret, bool IsIdentityToken)
{
    // Records print what they hold, and this must not end up in a log.
    public override string ToString() => $"the login of '{User}'";
}

/// <summary>One image. Keys are stable: <c>image list --json</c> and others print them.</summary>
/// <param name="ImageId">What clients call it.</param>
/// <param name="Tags">References that stand for it, as short as they may be.</param>
/// <param name="Names">Names under which it was published, as "name:tag".</param>
/// <param name="Origin">"imported", "pulled", "built" or "snapshot".</param>
/// <param name="SizeBytes">The lengths of all its files; what it shares with other images counts, too.</param>
/// <param name="LayerCount">How many layers it has.</param>
/// <param name="CreatedAt">When it was made here.</param>
/// <param name="ExpiresAt">When it goes by itself; null for never.</param>
/// <param name="IsInUse">Whether something that runs now needs it.</param>
public sealed record ImageSummary(
    string ImageId,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> Names,
    string Origin,
    long SizeBytes,
    int LayerCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    bool IsInUse);

/// <summary>All about one image.</summary>
/// <param name="Image">What lists show.</param>
/// <param name="Config">The OCI configuration.</param>
/// <param name="Layers">Base first.</param>
public sealed record ImageDetail(ImageSummary Image, JsonElement Config, IReadOnlyList<ImageLayerDetail> Layers);

/// <summary>One layer of an image.</summary>
/// <param name="Name">Of its directory.</param>
/// <param name="Directory">Where it lies.</param>
/// <param name="DiffId">"sha256:…" of the archive it came from; null for one that came from none.</param>
/// <param name="SizeBytes">The lengths of its files.</param>
/// <param name="EntryCount">Files, directories and so on.</param>
public sealed record ImageLayerDetail(string Name, string Directory, string? DiffId, long SizeBytes, long EntryCount);

/// <summary>A request for an image to go: an id, or a reference, which is taken from its image first.</summary>
public sealed record ImageRemoval(string Image);

/// <summary>What a removal did.</summary>
/// <param name="Untagged">References that stand for nothing any more.</param>
/// <param name="RemovedImageId">The image that is gone; null when other names keep it.</param>
/// <param name="IsInUse">Whether its files stay for now, because something that runs needs them.</param>
public sealed record ImageRemoved(IReadOnlyList<string> Untagged, string? RemovedImageId, bool IsInUse);

/// <summary>Which images to prune: those without a name, made before so many seconds, that nothing uses.</summary>
public sealed record ImagePruning(double OlderThanSeconds, bool DryRun);

/// <summary>What was pruned, or would be.</summary>
/// <param name="DryRun">Whether nothing was removed.</param>
/// <param name="Images">The images.</param>
/// <param name="Bytes">What their removal gave back; with a dry run, the lengths of their files.</param>
public sealed record ImagePruned(bool DryRun, IReadOnlyList<ImageSummary> Images, long Bytes);

/// <summary>Images to export: ids or references.</summary>
public sealed record ImageExportRequest(IReadOnlyList<string> Images);

/// <summary>A further name for an image.</summary>
public sealed record ImageTagging(string Image, string Tag);
