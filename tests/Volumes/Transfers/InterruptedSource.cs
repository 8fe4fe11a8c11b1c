using System.Runtime.CompilerServices;
using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;

namespace Appliance.Tests.Volumes.Transfers;

/// <summary>A source to which something happens after each item.</summary>
internal sealed class InterruptedSource(ITreeSource source, Func<Task> happen) : ITreeSource
{
    public async IAsyncEnumerable<TreeItem> ReadAsync(
        TransferProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (TreeItem item in source.ReadAsync(progress, cancellation))
        {
            yield return item;
            await happen();
        }
    }
}
