namespace Appliance.Bench.Containers;

/// <summary>Milliseconds of one thing that was measured many times.</summary>
internal sealed class Samples
{
    private readonly List<double> values = [];

    public double Median => At(0.5);

    public double Percentile90 => At(0.9);

    public void Add(double ms) => values.Add(ms);

    private double At(double share) => values.Order().ElementAt((int)(values.Count * share));
}
