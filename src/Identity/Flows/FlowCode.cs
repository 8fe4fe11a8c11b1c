using System.Security.Cryptography;

namespace Appliance.Identity.Flows;

/// <summary>What client and person compare: eight letters and digits that are not mistaken for one another.</summary>
public static class FlowCode
{
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    public static string Mint()
    {
        string text = RandomNumberGenerator.GetString(Alphabet, 8);
        return $"{text[..4]}-{text[4..]}";
    }

    /// <summary>Forgives case, spaces and a missing dash.</summary>
    public static string Normalise(string typed)
    {
        string text = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return text.Length == 8 ? $"{text[..4]}-{text[4..]}" : text;
    }
}
