using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Appliance.Admin.Health;

/// <summary>Asks a server's health service.</summary>
public static class HealthProbe
{
    public static async Task<bool> IsServingAsync(GrpcChannel channel, CancellationToken cancellation)
    {
        HealthCheckResponse answer = await new Grpc.Health.V1.Health.HealthClient(channel)
            .CheckAsync(new HealthCheckRequest(), cancellationToken: cancellation);
        return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }
}
