using System.Text;

namespace Appliance.Packages;

/// <summary>Names of Python projects. Case makes no difference, nor which of '-', '_' and '.' stand between words (PEP 503).</summary>
public static class ProjectName
{
    public static bool IsValid(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || IsSeparator(letter));

    /// <summary>The form that is the same for all ways to write it.</summary>
    public static string Normalise(string name)
    {
        var normal = new StringBuilder(name.Length);
        foreach (char letter in name)
        {
            if (!IsSeparator(letter))
            {
                normal.Append(char.ToLowerInvariant(letter));
            }
            else if (normal.Length > 0 && normal[^1] != '-')
            {
                normal.Append('-');
            }
        }

        return normal.ToString();
    }

    private static bool IsSeparator(char letter) => letter is '-' or '_' or '.';
}
