using Appliance.Gateways.Calls;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Workspaces;

/// <summary>What work costs on a machine of one's own: nothing.</summary>
public sealed class BillingService(MetadataStore store, TimeProvider clock) : ModalClient.ModalClientBase
{
    private const string Nothing = "0";

    public override Task<WorkspaceBillingRatesResponse> WorkspaceBillingRates(WorkspaceBillingRatesRequest request, ServerCallContext context) =>
        Task.FromResult(new WorkspaceBillingRatesResponse { Formatted = "Nothing is billed: the machine is your own." });

    /// <summary>Without lines: no app has cost anything.</summary>
    public override Task WorkspaceBillingReport(
        WorkspaceBillingReportRequest request, IServerStreamWriter<WorkspaceBillingReportItem> responseStream, ServerCallContext context) =>
        Task.CompletedTask;

    public override Task<WorkspaceBillingSummaryResponse> WorkspaceBillingSummary(WorkspaceBillingSummaryRequest request, ServerCallContext context) =>
        Task.FromResult(new WorkspaceBillingSummaryResponse
        {
            StartTimestamp = request.StartTimestamp,
            EndTimestamp = EndOf(request.StartTimestamp),
            MeteredCost = Nothing,
            BilledCost = Nothing,
        });

    public override Task<EnvironmentBillingSummaryResponse> EnvironmentBillingSummary(
        EnvironmentBillingSummaryRequest request, ServerCallContext context)
    {
        store.Read(read => EnvironmentDirectory.GetById(read, context.GetCaller(), request.EnvironmentId));
        return Task.FromResult(new EnvironmentBillingSummaryResponse
        {
            StartTimestamp = request.StartTimestamp, EndTimestamp = EndOf(request.StartTimestamp), MeteredCost = Nothing,
        });
    }

    /// <summary>A cycle is a month; one that has not ended goes until now.</summary>
    private Timestamp EndOf(Timestamp? start)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset end = start is { Seconds: >= 0 and < 253_000_000_000 } ? start.ToDateTimeOffset().AddMonths(1) : now;
        return (end < now ? end : now).ToTimestamp();
    }
}
