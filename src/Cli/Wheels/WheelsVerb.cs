using System.CommandLine;

namespace Appliance.Cli.Wheels;

/// <summary><c>appliance wheels …</c>: Python packages that pip and uv in containers find without a network.</summary>
public static class WheelsVerb
{
    public static Command Create() => new("wheels", "Keep Python packages that pip and uv in builds and containers find by themselves.")
    {
        AddVerb.Create(), ListVerb.Create(), RemoveVerb.Create(),
    };
}
