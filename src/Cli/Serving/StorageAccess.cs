using Appliance.Admin.Api;
using Appliance.Admin.Clients;
using Appliance.Admin.Images;
using Appliance.Admin.Space;
using Appliance.Admin.Transfers;
using Appliance.Cli.Output;
using Appliance.Hosting.Offline;

namespace Appliance.Cli.Serving;

/// <summary>What a data directory stores: through the server that runs on it, or directly when none does.</summary>
public sealed class StorageAccess : IAsyncDisposable
{
    private readonly Func<ValueTask> close;

    private StorageAccess(ISpaceDesk space, IVolumeDesk volumes, IImageDesk images, IClientDesk clients, Func<ValueTask> close)
    {
        Space = space;
        Volumes = volumes;
        Images = images;
        Clients = clients;
        this.close = close;
    }

    public ISpaceDesk Space { get; }

    public IVolumeDesk Volumes { get; }

    public IImageDesk Images { get; }

    public IClientDesk Clients { get; }

    public static async Task<StorageAccess> OpenAsync(string dataDirectory, Terminal terminal, CancellationToken cancellation)
    {
        if (await RunningServer.FindAsync(dataDirectory, cancellation) is { } client)
        {
            return new StorageAccess(
                new RemoteSpaceDesk(client),
                new RemoteVolumeDesk(client, TimeProvider.System),
                new RemoteImageDesk(client, TimeProvider.System),
                new RemoteClientDesk(client),
                () => Close(client));
        }

        OfflineStorage storage = await OfflineStorage.OpenAsync(dataDirectory, failure => terminal.WriteDebug(failure.ToString()));
        return new StorageAccess(storage.Space, storage.Volumes, storage.Images, storage.Clients, storage.DisposeAsync);
    }

    public ValueTask DisposeAsync() => close();

    private static ValueTask Close(AdminClient client)
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
