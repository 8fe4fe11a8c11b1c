namespace Appliance.Scheduling.Admission;

/// <summary>A promise of CPU and memory; disposing it gives them to others.</summary>
public sealed class AdmissionLease(AdmissionDesk desk, string owner) : IDisposable
{
    public void Dispose() => desk.Release(owner);
}
