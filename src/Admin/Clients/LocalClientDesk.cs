using Appliance.Core.Errors;
using Appliance.Mounts.Clients;

namespace Appliance.Admin.Clients;

/// <summary>Works on the stores directly.</summary>
public sealed class LocalClientDesk(ClientLibraries libraries) : IClientDesk
{
    public async Task<IReadOnlyList<ClientMount>> AddAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        try
        {
            return await libraries.AddAsync(paths, cancellation);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"The libraries cannot be read: {fault.Message}", fault);
        }
    }

    public Task<IReadOnlyList<ClientMount>> ListAsync(CancellationToken cancellation) => Task.FromResult(libraries.List());
}
