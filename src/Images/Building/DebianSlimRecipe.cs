using System.Text.RegularExpressions;
using Appliance.Images.Catalog;

namespace Appliance.Images.Building;

/// <summary>
/// What a client's <c>Image.debian_slim()</c> asks for: an official Python image, then compilers and newer tools out of
/// the network. Without a network the operator declares an image that has them, by calling it "debian-slim:3.11" (the
/// version of Python); it then stands for the whole recipe.
/// </summary>
public static partial class DebianSlimRecipe
{
    private static readonly string[] Steps =
    [
        "RUN apt-get update",
        "RUN apt-get install -y gcc gfortran build-essential",
        "RUN pip install --upgrade pip",
        "RUN pip install --upgrade wheel",
        "RUN echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections",
    ];

    /// <summary>The name of the image that stands for the recipe; null for commands that are something else.</summary>
    public static ImageReference? StandInOf(IReadOnlyList<string> commands)
    {
        bool hasSteps = commands.Contains(Steps[0]) && commands.Contains(Steps[1]);
        return hasSteps && First().Match(commands[0]) is { Success: true } first ? NameOf(first.Groups["version"].Value) : null;
    }

    /// <summary>The commands that are left when an image stands for the recipe: such as the packages of old clients.</summary>
    public static IReadOnlyList<string> WithStandIn(IReadOnlyList<string> commands, ImageReference standIn) =>
        [$"FROM {standIn.Familiar}", .. commands.Skip(1).Where(command => !Steps.Any(step => command.StartsWith(step, StringComparison.Ordinal)))];

    /// <summary>What else may be done about a base image that is not here; empty for images that the recipe does not begin with.</summary>
    public static string HintFor(ImageReference missing) => Base().Match(missing.Familiar) is { Success: true } found
        ? $" For Image.debian_slim(): any image with Python {found.Groups["version"].Value} that is called '{NameOf(found.Groups["version"].Value).Familiar}' here stands for the whole recipe."
        : "";

    private static ImageReference NameOf(string version) => ImageReference.Read($"debian-slim:{version}");

    [GeneratedRegex(@"^FROM python:(?<version>3\.[0-9]+)[0-9.]*-slim-[a-z]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex First();

    [GeneratedRegex(@"^python:(?<version>3\.[0-9]+)[0-9.]*-slim(-[a-z]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Base();
}
