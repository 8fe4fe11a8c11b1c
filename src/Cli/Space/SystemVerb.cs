using System.CommandLine;

namespace Appliance.Cli.Space;

/// <summary><c>appliance system …</c>: what takes space, and how to get it back.</summary>
public static class SystemVerb
{
    public static Command Create() => new("system", "Explain what takes space on the disk, and give back what is of no use.")
    {
        DfVerb.Create(), PruneVerb.Create(),
    };
}
