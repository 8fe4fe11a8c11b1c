using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Appliance.Admin.Metrics;

/// <summary>Listens to every meter of the appliance and keeps what the metrics page shows.</summary>
public sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "Appliance.";

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);

    public MetricsCollector()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
            {
                listening.EnableMeasurementEvents(instrument, families.GetOrAdd(instrument.Name, _ => FamilyOf(instrument)));
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        listener.Start();
    }

    public string WritePage()
    {
        listener.RecordObservableInstruments();
        return MetricsPage.Write(families.Values);
    }

    public void Dispose() => listener.Dispose();

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, MetricsPage.Labels(tags));

    private static MetricFamily FamilyOf(Instrument instrument)
    {
        string help = instrument.Description ?? instrument.Name;
        return instrument switch
        {
            Counter<long> or Counter<double> => new SumFamily(instrument.Name, help, "counter"),
            UpDownCounter<long> => new SumFamily(instrument.Name, help, "gauge"),
            Histogram<double> => new HistogramFamily(instrument.Name, help),
            ObservableCounter<long> => new LatestFamily(instrument.Name, help, "counter"),
            _ => new LatestFamily(instrument.Name, help, "gauge"),
        };
    }
}
