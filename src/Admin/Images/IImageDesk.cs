using Appliance.Core.Progress;

namespace Appliance.Admin.Images;

/// <summary>What the <c>image</c> verbs do, whether a server runs or not.</summary>
public interface IImageDesk
{
    /// <summary>Takes in a file or a directory of this machine.</summary>
    Task<IReadOnlyList<ImageSummary>> ImportPathAsync(ImageImport import, string path, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Takes in an archive, which is read to its end.</summary>
    Task<IReadOnlyList<ImageSummary>> ImportArchiveAsync(ImageImport import, Stream archive, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Fetches an image from a registry.</summary>
    Task<ImageSummary> PullAsync(ImagePull pull, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Writes images as a plain tar; without an end mark when it fails.</summary>
    Task ExportAsync(ImageExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation);

    Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellation);

    Task<ImageDetail> InspectAsync(string image, CancellationToken cancellation);

    Task<ImageSummary> TagAsync(ImageTagging tagging, CancellationToken cancellation);

    Task<ImageRemoved> RemoveAsync(ImageRemoval removal, CancellationToken cancellation);

    Task<ImagePruned> PruneAsync(ImagePruning pruning, CancellationToken cancellation);
}
