using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>Counts calls, for the metrics page.</summary>
public sealed class CallMeter : IDisposable
{
    public const string Name = "Appliance.Calls";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> ended;
    private readonly UpDownCounter<long> running;
    private readonly Histogram<double> seconds;

    public CallMeter()
    {
        ended = meter.CreateCounter<long>("appliance_grpc_calls_total", null, "gRPC calls that ended, by method and status.");
        running = meter.CreateUpDownCounter<long>("appliance_grpc_calls_running", null, "gRPC calls that are being served.");
        seconds = meter.CreateHistogram<double>("appliance_grpc_call_seconds", "s", "Time from a call's first message to its end.");
    }

    public void CallStarted() => running.Add(1);

    public void CallEnded(string method, StatusCode status, TimeSpan elapsed)
    {
        running.Add(-1);
        ended.Add(1, new("method", method), new("status", status.ToString()));
        seconds.Record(elapsed.TotalSeconds);
    }

    public void Dispose() => meter.Dispose();
}
