using System.Collections.Concurrent;
using Appliance.Admin.Api;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;

namespace Appliance.Admin.Transfers;

/// <summary>The transfers of a server by the ids that its clients chose, and for a while how they ended.</summary>
internal sealed class TransferTable(TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Transfer> transfers = new(StringComparer.Ordinal);

    /// <summary>Runs a transfer, so that others can see how far it is and why it failed.</summary>
    public async Task<T> RunAsync<T>(string id, Func<TransferProgress, Task<T>> work)
    {
        Forget();
        var transfer = new Transfer();
        transfers[id] = transfer;
        try
        {
            return await work(transfer.Progress);
        }
        catch (ApplianceException failure)
        {
            transfer.Failure = new AdminFailure(failure.Kind.ToString(), failure.Message);
            throw;
        }
        finally
        {
            transfer.EndedAt = clock.GetUtcNow();
        }
    }

    public TransferState Get(string id) => transfers.TryGetValue(id, out Transfer? transfer)
        ? new TransferState(transfer.Progress.Files, transfer.Progress.Bytes, transfer.Progress.TotalBytes, transfer.Failure)
        : new TransferState(0, 0, 0, null);

    private void Forget()
    {
        DateTimeOffset limit = clock.GetUtcNow() - Memory;
        foreach ((string id, Transfer transfer) in transfers)
        {
            if (transfer.EndedAt < limit)
            {
                transfers.TryRemove(id, out _);
            }
        }
    }

    private sealed class Transfer
    {
        public TransferProgress Progress { get; } = new();

        public AdminFailure? Failure { get; set; }

        public DateTimeOffset? EndedAt { get; set; }
    }
}
