using Appliance.Core.Errors;

namespace Appliance.Images.Registries.Settings;

/// <summary>
/// The file in the data directory that says how registries are reached: a line for each, its host and what holds for it;
/// "*" for all that are not named. It is read at each pull, so that a change needs no restart.
/// </summary>
internal static class RegistriesFile
{
    /// <summary>Within the data directory.</summary>
    public const string Name = "registries";

    private const string OthersName = "*";
    private const int LengthMax = 1024 * 1024;

    /// <summary>Nothing is said of any where there is no file.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: which line is wrong. PermissionDenied: it cannot be read.</exception>
    public static RegistryRules Read(string path)
    {
        var rules = new Dictionary<string, RegistryRule>(StringComparer.Ordinal);
        string[] lines = ReadLines(path);
        for (int number = 1; number <= lines.Length; number++)
        {
            string[] words = lines[number - 1].Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            string host = words[0] == OthersName ? OthersName : ReadHost(words[0]) ?? throw Fault(path, number, $"'{words[0]}' is no host");
            RegistryRule rule = words[1..].Aggregate(new RegistryRule(), (known, word) => Add(known, word) ?? throw Fault(
                path, number, $"'{word}' is not known: there are mirror=HOST[:PORT][/PATH], blocked, plain-http, unverified-tls and ca=FILE"));
            if (host == OthersName && (words.Length != 2 || !rule.IsBlocked))
            {
                throw Fault(path, number, "'*' may only be 'blocked'");
            }

            if (!rules.TryAdd(host, rule))
            {
                throw Fault(path, number, $"'{host}' has a line already: put all into one");
            }
        }

        rules.Remove(OthersName, out RegistryRule? others);
        return new RegistryRules(rules, others ?? RegistryRule.Default, path);
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true } file
                ? file.Length <= LengthMax ? File.ReadAllLines(path) : throw new ApplianceException(ErrorKind.InvalidArgument, $"'{path}' is far too long.")
                : [];
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", cause);
        }
    }

    private static RegistryRule? Add(RegistryRule rule, string word)
    {
        int sign = word.IndexOf('=');
        return (sign < 0 ? word : word[..sign], sign < 0 ? "" : word[(sign + 1)..]) switch
        {
            ("blocked", "") => rule with { IsBlocked = true },
            ("plain-http", "") => rule with { Security = RegistrySecurity.PlainHttp },
            ("unverified-tls", "") => rule with { Security = RegistrySecurity.UnverifiedTls },
            ("ca", { Length: > 0 } file) => rule with { AuthorityFile = file },
            ("mirror", var place) when ReadPlace(place) is { } mirror => rule with { Mirrors = [.. rule.Mirrors, mirror] },
            _ => null,
        };
    }

    private static RegistryPlace? ReadPlace(string text)
    {
        int slash = text.IndexOf('/');
        string prefix = slash < 0 ? "" : text[(slash + 1)..].Trim('/');
        bool isSound = prefix.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '/' or '-' or '_' or '.') && !prefix.Contains("..", StringComparison.Ordinal);
        return isSound && ReadHost(slash < 0 ? text : text[..slash]) is { } host ? new RegistryPlace(host, prefix.Length > 0 ? prefix + "/" : "") : null;
    }

    private static string? ReadHost(string text) =>
        Uri.TryCreate($"none://{text}", UriKind.Absolute, out Uri? address) && address.Host.Length > 0 && address.Authority == text.ToLowerInvariant()
            ? RegistryPlace.HostOf(text)
            : null;

    private static ApplianceException Fault(string path, int line, string what) =>
        new(ErrorKind.InvalidArgument, $"'{path}', line {line}: {what}.");
}
