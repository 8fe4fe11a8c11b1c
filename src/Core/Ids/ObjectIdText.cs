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

    // 62^7 milliseconds are 111 years; counted from 2020, so that the text has this length throughout.
    private const int TimeLength = 7;
    private static readonly long EpochMs = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>
    /// A new id. It begins with the time, so that rows made together lie together in every index: with random ids each
    /// row of a commit touches a page of its own, which costs a multiple of the writing. The rest has 89 random bits.
    /// </summary>
    public static string Mint(string prefix)
    {
        Span<char> time = stackalloc char[TimeLength];
        // A machine without a battery may think it is 1970.
        long rest = Math.Max(0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - EpochMs);
        for (int index = TimeLength - 1; index >= 0; index--)
        {
            time[index] = Alphabet[(int)(rest % Alphabet.Length)];
            rest /= Alphabet.Length;
        }

        return $"{prefix}-{time}{RandomNumberGenerator.GetString(Alphabet, SuffixLength - TimeLength)}";
    }

    /// <summary>Text of the same form of which nothing can be guessed: 130 random bits.</summary>
    public static string MintSecret(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString(Alphabet, SuffixLength)}";

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
