using System.CommandLine;

namespace Appliance.Cli.Bundles;

/// <summary>What the verbs share.</summary>
internal static class BundleOptions
{
    public static Argument<string> File() => new("FILE") { Description = "The bundle." };
}
