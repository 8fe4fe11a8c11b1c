using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>Counts calls, for the metrics page. Labels are made when the page is asked for, not at each call.</summary>
public sealed class CallMeter : IDisposable
{
    public const string Name = "Appliance.Calls";

    private readonly Meter meter = new(Name);
    private readonly ConcurrentDictionary<(string Method, StatusCode Status), Tally> ended = new();
    private readonly Histogram<double> seconds;
    private long running;

    public CallMeter()
    {
        meter.CreateObservableCounter("appliance_grpc_calls_total", MeasureEnded, null, "gRPC calls that ended, by method and status.");
        meter.CreateObservableUpDownCounter("appliance_grpc_calls_running", () => Volatile.Read(ref running), null, "gRPC calls that are being served.");
        seconds = meter.CreateHistogram<double>("appliance_grpc_call_seconds", "s", "Time from a call's first message to its end.");
    }

    public void CallStarted() => Interlocked.Increment(ref running);

    public void CallEnded(string method, StatusCode status, TimeSpan elapsed)
    {
        Interlocked.Decrement(ref running);
        ended.GetOrAdd((method, status), static _ => new Tally()).Add();
        seconds.Record(elapsed.TotalSeconds);
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<long>> MeasureEnded() => ended.Select(entry => new Measurement<long>(
        entry.Value.Count, new KeyValuePair<string, object?>("method", entry.Key.Method), new("status", entry.Key.Status.ToString())));

    private sealed class Tally
    {
        private long count;

        public long Count => Volatile.Read(ref count);

        public void Add() => Interlocked.Increment(ref count);
    }
}
