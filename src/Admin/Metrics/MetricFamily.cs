using System.Collections.Concurrent;

namespace Appliance.Admin.Metrics;

/// <summary>All series of one instrument.</summary>
internal abstract class MetricFamily(string name, string help, string type)
{
    public string Name => name;

    public string Help => help;

    public string Type => type;

    public abstract void Record(double value, string labels);

    public abstract IEnumerable<MetricSample> Samples();
}

/// <summary>A sum of what was recorded: counters and up-down counters.</summary>
internal sealed class SumFamily(string name, string help, string type) : MetricFamily(name, help, type)
{
    private readonly ConcurrentDictionary<string, double> sums = new(StringComparer.Ordinal);

    public override void Record(double value, string labels) =>
        sums.AddOrUpdate(labels, static (_, added) => added, static (_, sum, added) => sum + added, value);

    public override IEnumerable<MetricSample> Samples() => sums
        .OrderBy(series => series.Key, StringComparer.Ordinal)
        .Select(series => new MetricSample(string.Empty, series.Key, series.Value));
}

/// <summary>The latest of what was recorded: what is read when the page is asked for.</summary>
internal sealed class LatestFamily(string name, string help, string type) : MetricFamily(name, help, type)
{
    private readonly ConcurrentDictionary<string, double> values = new(StringComparer.Ordinal);

    public override void Record(double value, string labels) => values[labels] = value;

    public override IEnumerable<MetricSample> Samples() => values
        .OrderBy(series => series.Key, StringComparer.Ordinal)
        .Select(series => new MetricSample(string.Empty, series.Key, series.Value));
}
