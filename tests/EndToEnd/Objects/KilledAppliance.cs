using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd.Objects;

/// <summary>A server that is killed at random moments and started again, and clients that repeat what got no answer.</summary>
internal sealed class KilledAppliance(string data, Random random) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private PublishedAppliance server = null!;
    private global::Grpc.Core.Metadata credentials = [];

    public int KillCount { get; private set; }

    public async Task StartAsync()
    {
        server = await PublishedAppliance.StartAsync(data);
        credentials = server.Credentials;
    }

    /// <summary>Kills until it is told to stop, and leaves the server running.</summary>
    public async Task KillUntilStoppedAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(random.Next(100, 900));
            await server.KillAsync();
            KillCount++;
            await server.DisposeAsync();
            server = await PublishedAppliance.StartAsync(data);
        }
    }

    public void StopKilling() => stop.Cancel();

    /// <summary>Calls until there is an answer, with one key: as the real clients do, and more patiently.</summary>
    public async Task<T> CallAsync<T>(Func<ModalClient.ModalClientClient, CallOptions, AsyncUnaryCall<T>> call)
    {
        string key = Guid.NewGuid().ToString();
        while (true)
        {
            var headers = new global::Grpc.Core.Metadata { { "x-idempotency-key", key } };
            foreach (global::Grpc.Core.Metadata.Entry entry in credentials)
            {
                headers.Add(entry);
            }

            try
            {
                return await call(new ModalClient.ModalClientClient(server.Channel), new CallOptions(headers, DateTime.UtcNow.AddSeconds(30)));
            }
            catch (Exception failure) when (failure is ObjectDisposedException || failure is RpcException rpc && IsPassing(rpc.StatusCode))
            {
                await Task.Delay(20);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        stop.Dispose();
        return server.DisposeAsync();
    }

    private static bool IsPassing(StatusCode status) => status is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Internal
        or StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;
}
