using Appliance.Core.Progress;

namespace Appliance.Volumes.Transfers;

/// <summary>A tree of files that can be read once, a directory always before what it holds.</summary>
public interface ITreeSource
{
    /// <summary>Reads the items, and tells of what it had to leave out.</summary>
    /// <exception cref="Core.Errors.ApplianceException">What is wrong with the source.</exception>
    IAsyncEnumerable<TreeItem> ReadAsync(TransferProgress progress, CancellationToken cancellation);
}
