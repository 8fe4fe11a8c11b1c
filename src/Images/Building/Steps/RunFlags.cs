using Appliance.Images.Dockerfiles;

namespace Appliance.Images.Building.Steps;

/// <summary>The switches of RUN.</summary>
/// <param name="EmptyMounts">Directories that are empty and no part of the image.</param>
/// <param name="HasNoNetwork">Whether the command has no network.</param>
internal sealed record RunFlags(IReadOnlyList<string> EmptyMounts, bool HasNoNetwork)
{
    /// <exception cref="FormatException">A switch that is not offered here.</exception>
    public static RunFlags Read(IReadOnlyList<Flag> flags)
    {
        List<string> mounts = [];
        bool hasNoNetwork = false;
        foreach (Flag flag in flags)
        {
            switch (flag)
            {
                case { Name: "mount", Value: { } value }:
                    mounts.Add(ReadMount(value));
                    break;
                case { Name: "network", Value: "default" or "none" or "host" }:
                    hasNoNetwork = flag.Value == "none";
                    break;
                case { Name: "security", Value: "sandbox" }:
                    break;
                default:
                    throw new FormatException($"RUN --{flag.Name}{(flag.Value is null ? "" : "=" + flag.Value)} is not offered here");
            }
        }

        return new RunFlags(mounts, hasNoNetwork);
    }

    private static string ReadMount(string text)
    {
        Dictionary<string, string> parts = text.Split(',')
            .Select(part => part.Split('=', 2)).GroupBy(part => part[0]).ToDictionary(part => part.Key, part => part.Last().ElementAtOrDefault(1) ?? "");
        string type = parts.GetValueOrDefault("type", "bind");
        string? target = parts.GetValueOrDefault("target") ?? parts.GetValueOrDefault("dst") ?? parts.GetValueOrDefault("destination");
        return type is "cache" or "tmpfs" && target is ['/', ..]
            ? target
            : throw new FormatException($"RUN --mount={text}: only type=cache and type=tmpfs with an absolute target are offered here; use COPY for files, and secrets of the build for secrets");
    }
}
