using Appliance.Mounts.Clients;

namespace Appliance.Admin.Clients;

/// <summary>What the <c>client</c> verbs do, whether a server runs or not.</summary>
public interface IClientDesk
{
    /// <param name="paths">Absolute, as the machine sees them.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<IReadOnlyList<ClientMount>> AddAsync(IReadOnlyList<string> paths, CancellationToken cancellation);

    Task<IReadOnlyList<ClientMount>> ListAsync(CancellationToken cancellation);
}

/// <summary>A request to take libraries in.</summary>
public sealed record ClientAddition(IReadOnlyList<string> Paths);
