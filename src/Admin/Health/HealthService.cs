using Appliance.Admin.Readiness;
using Appliance.Core.Errors;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Appliance.Admin.Health;

/// <summary>The standard gRPC health service. All services live and die together, so they share one answer.</summary>
public sealed class HealthService(ReadinessState readiness, ServedServices served) : Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => served.Contains(request.Service)
        ? Task.FromResult(new HealthCheckResponse { Status = Current })
        : throw new ApplianceException(ErrorKind.NotFound, $"Service '{request.Service}' is not served here.");

    /// <summary>Tells the state now and after each change, until the caller leaves. An unknown service may yet come.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var changed = new SemaphoreSlim(0);
        void Wake() => changed.Release();
        readiness.Changed += Wake;
        try
        {
            ServingStatus? told = null;
            while (true)
            {
                ServingStatus current = served.Contains(request.Service) ? Current : ServingStatus.ServiceUnknown;
                if (current != told)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = current }, context.CancellationToken);
                    told = current;
                }

                if (current == ServingStatus.NotServing && readiness.IsDraining)
                {
                    return;
                }

                await changed.WaitAsync(context.CancellationToken);
            }
        }
        finally
        {
            readiness.Changed -= Wake;
        }
    }

    private ServingStatus Current => readiness.IsReady ? ServingStatus.Serving : ServingStatus.NotServing;
}
