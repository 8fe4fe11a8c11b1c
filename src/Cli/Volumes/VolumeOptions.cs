using System.CommandLine;

namespace Appliance.Cli.Volumes;

/// <summary>What both verbs ask for.</summary>
internal static class VolumeOptions
{
    public static Argument<string> Name() => new("NAME") { Description = "The volume's name." };

    public static Option<string> Environment() => new("--environment", "-e")
    {
        Description = "The environment of the volume. [default: the default one]", HelpName = "NAME", DefaultValueFactory = _ => "",
    };
}
