using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Policies;

/// <summary>A name, or with <c>*.</c> in front all names below it, but not the name itself.</summary>
public sealed record DomainPattern
{
    private const int NameLengthMax = 253;
    private const int LabelLengthMax = 63;
    private const string WildcardPrefix = "*.";

    private DomainPattern(string name, bool isWildcard)
    {
        Name = name;
        IsWildcard = isWildcard;
    }

    /// <summary>In lower case, without the wildcard.</summary>
    public string Name { get; }

    public bool IsWildcard { get; }

    /// <exception cref="ApplianceException">InvalidArgument: it is no name.</exception>
    public static DomainPattern Parse(string text)
    {
        string name = text.Trim().ToLowerInvariant();
        bool isWildcard = name.StartsWith(WildcardPrefix, StringComparison.Ordinal);
        name = isWildcard ? name[WildcardPrefix.Length..] : name;
        name = name.EndsWith('.') ? name[..^1] : name;
        string[] labels = name.Split('.');
        if (name.Length > NameLengthMax || !labels.All(IsLabel))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Invalid domain: {text}");
        }

        // No top-level domain is a number, but every address ends in one.
        return labels[^1].All(char.IsAsciiDigit)
            ? throw new ApplianceException(ErrorKind.InvalidArgument, $"Invalid domain: {text} (write an address as a CIDR, as in 192.0.2.1/32)")
            : new DomainPattern(name, isWildcard);
    }

    public bool Matches(string name) => IsWildcard
        ? name.Length > Name.Length + 1 && name.EndsWith(Name, StringComparison.Ordinal) && name[^(Name.Length + 1)] == '.'
        : name == Name;

    public override string ToString() => IsWildcard ? WildcardPrefix + Name : Name;

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelLengthMax
        && label[0] != '-' && label[^1] != '-'
        && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
