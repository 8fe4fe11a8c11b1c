using Appliance.Core.Errors;
using Appliance.Core.Ids;

namespace Appliance.Identity.Environments;

/// <summary>Which names an environment may have; the same rule as the clients'.</summary>
public static class EnvironmentNames
{
    public const string Default = "main";

    private const int LengthMax = 64;

    /// <exception cref="ApplianceException">InvalidArgument, saying what is allowed.</exception>
    public static void Check(string name)
    {
        bool isValid = name.Length is >= 2 and <= LengthMax
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            && !name.StartsWith(EnvironmentId.Prefix + "-", StringComparison.Ordinal);
        if (!isValid)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"'{name}' is no environment name: use 2 to {LengthMax} letters, digits, '-', '_' and '.', starting with a letter or digit and not with '{EnvironmentId.Prefix}-'.");
        }
    }

    /// <summary>The part of web addresses that names an environment: lower case, dashes for everything else.</summary>
    public static string SuffixOf(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-')).Trim('-');

    /// <exception cref="ApplianceException">InvalidArgument, saying what is allowed.</exception>
    public static void CheckSuffix(string suffix)
    {
        bool isValid = suffix.Length <= 32
            && suffix.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            && !suffix.StartsWith('-') && !suffix.EndsWith('-');
        if (!isValid)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"'{suffix}' is no web suffix: use up to 32 lower-case letters, digits and dashes, no dash at either end.");
        }
    }
}
