namespace Appliance.Admin.Space;

/// <summary>What the <c>system</c> verbs do, whether a server runs or not.</summary>
public interface ISpaceDesk
{
    Task<SpaceReport> ReportAsync(CancellationToken cancellation);

    Task<PruneReport> PruneAsync(PruneRequest request, CancellationToken cancellation);
}
