using System.Collections.Concurrent;
using System.Globalization;

namespace Appliance.Admin.Metrics;

/// <summary>How many recorded values lie at or below each bound. The bounds suit seconds from a millisecond to an hour.</summary>
internal sealed class HistogramFamily(string name, string help) : MetricFamily(name, help, "histogram")
{
    private static readonly double[] Bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 3600];

    private readonly ConcurrentDictionary<string, Series> series = new(StringComparer.Ordinal);

    public override void Record(double value, string labels) => series.GetOrAdd(labels, _ => new Series()).Record(value);

    public override IEnumerable<MetricSample> Samples() => series
        .OrderBy(entry => entry.Key, StringComparer.Ordinal)
        .SelectMany(entry => entry.Value.Samples(entry.Key));

    private sealed class Series
    {
        private readonly Lock recording = new();
        private readonly long[] counts = new long[Bounds.Length + 1];
        private double sum;

        public void Record(double value)
        {
            int bucket = Array.FindIndex(Bounds, bound => value <= bound);
            lock (recording)
            {
                counts[bucket < 0 ? Bounds.Length : bucket]++;
                sum += value;
            }
        }

        public List<MetricSample> Samples(string labels)
        {
            var samples = new List<MetricSample>();
            lock (recording)
            {
                long below = 0;
                for (int index = 0; index < counts.Length; index++)
                {
                    below += counts[index];
                    string bound = index < Bounds.Length ? Bounds[index].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    samples.Add(new MetricSample("_bucket", WithBound(labels, bound), below));
                }

                samples.Add(new MetricSample("_sum", labels, sum));
                samples.Add(new MetricSample("_count", labels, below));
            }

            return samples;
        }

        private static string WithBound(string labels, string bound) =>
            labels.Length == 0 ? $"{{le=\"{bound}\"}}" : $"{labels[..^1]},le=\"{bound}\"}}";
    }
}
