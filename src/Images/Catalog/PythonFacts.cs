using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;

namespace Appliance.Images.Catalog;

/// <summary>The Python that an image holds, as its directories tell it; nothing of the image is run.</summary>
/// <param name="Version">Such as "3.11".</param>
/// <param name="Packages">Names and versions.</param>
public sealed record PythonFacts(string Version, IReadOnlyDictionary<string, string> Packages)
{
    private const string PackageEnding = ".dist-info";

    private static readonly string[] Prefixes = ["usr/local/lib", "usr/lib"];

    /// <param name="lowerDirectories">The image's layers, topmost first.</param>
    public static PythonFacts? Find(IReadOnlyList<string> lowerDirectories)
    {
        var tree = new LowerTree(lowerDirectories);
        foreach (string prefix in Prefixes)
        {
            string? library = Names(tree, prefix).Where(IsLibrary).OrderByDescending(name => name.Length).ThenByDescending(name => name, StringComparer.Ordinal).FirstOrDefault();
            if (library is not null)
            {
                return new PythonFacts(library["python".Length..], ReadPackages(tree, prefix, library));
            }
        }

        return null;
    }

    private static bool IsLibrary(string name) => name.StartsWith("python3.", StringComparison.Ordinal) && name["python3.".Length..].All(char.IsAsciiDigit);

    private static Dictionary<string, string> ReadPackages(LowerTree tree, string prefix, string library)
    {
        var packages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string folder in (string[])[$"{prefix}/{library}/site-packages", $"{prefix}/{library}/dist-packages", $"{prefix}/python3/dist-packages"])
        {
            foreach (string name in Names(tree, folder).Where(name => name.EndsWith(PackageEnding, StringComparison.Ordinal)))
            {
                string[] parts = name[..^PackageEnding.Length].Split('-');
                if (parts.Length == 2)
                {
                    packages[parts[0]] = parts[1];
                }
            }
        }

        return packages;
    }

    private static IEnumerable<string> Names(LowerTree tree, string path) =>
        tree.List([.. path.Split('/').Select(NodeName.Of)]).Select(name => name.ToString());
}
