using System.Net;

namespace Appliance.Containers.Networks.Names;

/// <summary>What a resolv.conf says.</summary>
/// <param name="Servers">Name servers, in the order in which they are to be asked.</param>
/// <param name="Search">Domains that are tried behind short names.</param>
/// <param name="Options">Words such as <c>ndots:2</c>.</param>
public sealed record ResolverFile(IReadOnlyList<IPAddress> Servers, IReadOnlyList<string> Search, IReadOnlyList<string> Options)
{
    public static readonly ResolverFile Empty = new([], [], []);

    // The second is where systemd-resolved writes its servers when the first does not name it.
    private static readonly string[] UsualPaths = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>The first of the host's files that names a server; empty when none does.</summary>
    /// <param name="path">The one file to read; null for the usual ones.</param>
    public static ResolverFile Read(string? path = null)
    {
        foreach (string candidate in path is null ? UsualPaths : [path])
        {
            if (TryRead(candidate) is { } text && Parse(text) is { Servers.Count: > 0 } found)
            {
                return found;
            }
        }

        return Empty;
    }

    /// <summary>What cannot be understood is left out, as resolvers do.</summary>
    public static ResolverFile Parse(string text)
    {
        var servers = new List<IPAddress>();
        string[] search = [];
        var options = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(['#', ';'])[0].Split(Blanks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when IPAddress.TryParse(address, out IPAddress? server):
                    servers.Add(server);
                    break;
                case ["search" or "domain", ..]:
                    search = words[1..];
                    break;
                case ["options", ..]:
                    options.AddRange(words[1..]);
                    break;
            }
        }

        return new ResolverFile(servers, search, options);
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
