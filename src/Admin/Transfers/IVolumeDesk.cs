using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;

namespace Appliance.Admin.Transfers;

/// <summary>What the <c>volume</c> verbs do, whether a server runs or not.</summary>
public interface IVolumeDesk
{
    /// <summary>Looks a volume up.</summary>
    Task<VolumeSummary> DescribeAsync(VolumeLookup lookup, CancellationToken cancellation);

    /// <summary>Puts what a directory holds into a volume.</summary>
    Task<TransferReport> ImportDirectoryAsync(ImportRequest request, string path, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Puts what a tar archive holds into a volume. The archive is read to its end.</summary>
    Task<TransferReport> ImportArchiveAsync(ImportRequest request, Stream archive, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Writes a volume as a plain tar archive; without an end mark when it fails.</summary>
    Task ExportAsync(ExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation);
}
