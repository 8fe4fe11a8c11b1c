using System.Globalization;
using System.Text;

namespace Appliance.Bench;

/// <summary>Collects measurements and prints them as one Markdown table.</summary>
public sealed class BenchReport
{
    private readonly StringBuilder rows = new("| measurement | value | unit | compared with | ratio |\n|---|---:|---|---|---:|\n");

    /// <param name="name">What was measured.</param>
    /// <param name="value">In <paramref name="unit"/>s.</param>
    /// <param name="unit">For example "commits/s".</param>
    /// <param name="ratioTo">The peer or physical limit measured in the same run; null for such a limit itself.</param>
    /// <param name="ratio">Value divided by that of the peer.</param>
    public void Row(string name, double value, string unit, string? ratioTo = null, double? ratio = null) =>
        rows.Append(CultureInfo.InvariantCulture, $"| {name} | {value:N0} | {unit} | {ratioTo} | {ratio:0.00} |\n");

    public override string ToString() => rows.ToString();
}
