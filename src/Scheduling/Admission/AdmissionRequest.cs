namespace Appliance.Scheduling.Admission;

/// <summary>Somebody's wish for CPU and memory.</summary>
/// <param name="Owner">The task; one has one promise at a time.</param>
/// <param name="Wanted">How much.</param>
/// <param name="Since">When it asked, perhaps of an earlier server: its place among those of its priority.</param>
/// <param name="Priority">The higher goes first, and may keep the lower waiting for ever.</param>
/// <param name="Others">Tasks that are each promised as much, in the same moment or not at all; null for none.</param>
public sealed record AdmissionRequest(
    string Owner, ResourceRequest Wanted, DateTimeOffset Since, int Priority = 0, IReadOnlyList<string>? Others = null)
{
    /// <summary>What is promised to all of them.</summary>
    public ResourceRequest Total => Wanted.Times(1 + (Others?.Count ?? 0));
}

/// <summary>A request that waits.</summary>
internal sealed class AdmissionWaiter(AdmissionRequest request, long number)
{
    public AdmissionRequest Request => request;

    /// <summary>Tells those of one moment apart.</summary>
    public long Number => number;

    /// <summary>Whether it asked this server; until then it has its place only.</summary>
    public bool HasCome { get; set; }

    /// <summary>Ends with the waiting.</summary>
    public CancellationTokenRegistration Withdrawal { get; set; }

    // Those who go on must not do so under the lock.
    public TaskCompletionSource<AdmissionLease> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
