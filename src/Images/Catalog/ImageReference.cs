using System.Text.RegularExpressions;
using Appliance.Core.Errors;

namespace Appliance.Images.Catalog;

/// <summary>
/// What people call an image, with everything filled in that they leave out: "alpine" is "docker.io/library/alpine:latest".
/// </summary>
/// <param name="Registry">Host, with port if any.</param>
/// <param name="Repository">Path within the registry.</param>
/// <param name="Tag">Null where a digest says which one.</param>
/// <param name="Digest">"sha256:…"; null where a tag says which one.</param>
public sealed partial record ImageReference(string Registry, string Repository, string? Tag, string? Digest)
{
    public const string DefaultRegistry = "docker.io";

    private const string DefaultNamespace = "library/";
    private const string DefaultTag = "latest";
    private const int LengthMax = 512;

    /// <summary>The form under which it is kept.</summary>
    public string Full => $"{Registry}/{Repository}{Which}";

    /// <summary>As people write it, as short as it may be.</summary>
    public string Familiar => Registry != DefaultRegistry
        ? Full
        : (Repository.StartsWith(DefaultNamespace, StringComparison.Ordinal) ? Repository[DefaultNamespace.Length..] : Repository) + Which;

    private string Which => Digest is null ? $":{Tag}" : $"@{Digest}";

    /// <exception cref="ApplianceException">InvalidArgument, saying what a reference looks like.</exception>
    public static ImageReference Read(string text)
    {
        Match match = text.Length <= LengthMax ? Form().Match(text.Trim()) : Match.Empty;
        if (!match.Success)
        {
            string shown = text.Length > 100 ? text[..100] + "…" : text;
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"'{shown}' is no image reference: write it as 'alpine:3.21', 'registry.example:5000/team/app:1.0' or 'name@sha256:…', with lower-case letters before the tag.");
        }

        string path = match.Groups["path"].Value;
        int slash = path.IndexOf('/');
        string first = slash < 0 ? "" : path[..slash];
        bool hasRegistry = first.Contains('.') || first.Contains(':') || first == "localhost";
        string registry = hasRegistry ? first : DefaultRegistry;
        string repository = hasRegistry ? path[(slash + 1)..] : path;
        registry = registry is "index.docker.io" or "registry-1.docker.io" ? DefaultRegistry : registry;
        if (registry == DefaultRegistry && !repository.Contains('/'))
        {
            repository = DefaultNamespace + repository;
        }

        string? digest = match.Groups["digest"] is { Success: true } found ? found.Value : null;
        string? tag = digest is not null ? null : match.Groups["tag"] is { Success: true } named ? named.Value : DefaultTag;
        return new ImageReference(registry, repository, tag, digest);
    }

    public override string ToString() => Familiar;

    [GeneratedRegex(
        @"^(?<path>(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
