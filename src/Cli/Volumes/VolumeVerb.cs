using System.CommandLine;

namespace Appliance.Cli.Volumes;

/// <summary><c>appliance volume …</c>: large data in and out without a client.</summary>
public static class VolumeVerb
{
    public static Command Create() => new("volume", "Move large data into volumes and out of them. All else about volumes is the client's ('modal volume').")
    {
        ImportVerb.Create(), ExportVerb.Create(),
    };
}
