using Microsoft.Extensions.FileSystemGlobbing;

namespace Appliance.Volumes.Paths;

/// <summary>
/// A path in which a name may hold <c>*</c>, and <c>**</c> stands for any directories. Without a star it is that path.
/// </summary>
public sealed class PathPattern
{
    private readonly Matcher? matcher;

    private PathPattern(VolumePath root, bool isRecursive, Matcher? matcher)
    {
        Root = root;
        IsRecursive = isRecursive;
        this.matcher = matcher;
    }

    /// <summary>Where to look.</summary>
    public VolumePath Root { get; }

    public bool IsRecursive { get; }

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: no path.</exception>
    public static PathPattern Read(string text)
    {
        VolumePath path = VolumePath.Read(text);
        int star = path.Text.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return new PathPattern(path, false, null);
        }

        int slash = path.Text.LastIndexOf('/', star);
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(path.Text);
        return new PathPattern(VolumePath.Read(slash < 0 ? "" : path.Text[..slash]), true, matcher);
    }

    public bool Matches(string path) => matcher is null || matcher.Match(path).HasMatches;
}
