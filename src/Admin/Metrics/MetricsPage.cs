using System.Globalization;
using System.Text;

namespace Appliance.Admin.Metrics;

/// <summary>The Prometheus text form, version 0.0.4.</summary>
internal static class MetricsPage
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var page = new StringBuilder();
        foreach (MetricFamily family in families.OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            page.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help)).Append('\n');
            page.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
            foreach (MetricSample sample in family.Samples())
            {
                page.Append(family.Name).Append(sample.Suffix).Append(sample.Labels).Append(' ');
                page.Append(sample.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        return page.ToString();
    }

    /// <summary>Labels as they stand behind the name: <c>{method="x",status="OK"}</c>; nothing when there are none.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        var text = new StringBuilder("{");
        foreach ((string name, object? value) in tags)
        {
            text.Append(text.Length > 1 ? "," : string.Empty);
            text.Append(name).Append("=\"").Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture)!).Replace("\"", "\\\"")).Append('"');
        }

        return text.Append('}').ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\n", "\\n");
}

/// <summary>One line of the page, less its family's name.</summary>
internal readonly record struct MetricSample(string Suffix, string Labels, double Value);
