using System.CommandLine;

namespace Appliance.Cli.Bundles;

/// <summary><c>appliance bundle …</c>: what a machine without a network needs, in one file.</summary>
public static class BundleVerb
{
    public static Command Create() => new("bundle", "Carry images, volumes, wheels and the client to a machine without a network, in one file.")
    {
        CreateVerb.Create(), ImportVerb.Create(), InspectVerb.Create(),
    };
}
