using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Appliance.Core.Ids;

/// <summary>
/// The text form shared by all ids: a prefix of two letters, one dash, and exactly 22 characters of [0-9A-Za-z].
/// Clients split on the dash and demand two parts, and some commands accept only this length
/// (contracts/modal.md §0.1).
/// </summary>
public static class ObjectIdText
{
    public const int SuffixLength = 22;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new unguessable id: 22 characters of 62 carry 130 bits.</summary>
    public static string Mint(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString(Alphabet, SuffixLength)}";

    public static bool IsWellFormed([NotNullWhen(true)] string? text, string prefix)
    {
        if (text is null || text.Length != prefix.Length + 1 + SuffixLength
            || !text.StartsWith(prefix, StringComparison.Ordinal) || text[prefix.Length] != '-')
        {
            return false;
        }

        return !text.AsSpan(prefix.Length + 1).ContainsAnyExcept(Alphabet);
    }
}
