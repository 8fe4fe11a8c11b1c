namespace Appliance.Images.Building.Copying;

/// <summary>Whether a name fits a pattern with '*', '?', '[a-z]', '[^a]' and '\'.</summary>
internal static class NameMatch
{
    /// <summary>Takes time in proportion to the product of both lengths at most, whatever the pattern.</summary>
    public static bool Fits(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        int star = -1;
        int resume = 0;
        int at = 0;
        int index = 0;
        while (index < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resume = index;
            }
            else if (at < pattern.Length && FitsOne(name[index], pattern[at..], out int length))
            {
                at += length;
                index++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                index = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].TrimStart('*').IsEmpty;
    }

    private static bool FitsOne(char letter, ReadOnlySpan<char> pattern, out int length)
    {
        length = 1;
        if (pattern[0] == '?')
        {
            return true;
        }

        if (pattern[0] == '\\' && pattern.Length > 1)
        {
            length = 2;
            return pattern[1] == letter;
        }

        int end = pattern[0] == '[' ? pattern.IndexOf(']') : -1;
        if (end < 2)
        {
            return pattern[0] == letter;
        }

        length = end + 1;
        bool isNegated = pattern[1] is '^' or '!';
        return IsInSet(letter, pattern[(isNegated ? 2 : 1)..end]) != isNegated;
    }

    private static bool IsInSet(char letter, ReadOnlySpan<char> set)
    {
        for (int index = 0; index < set.Length; index++)
        {
            bool isRange = index + 2 < set.Length && set[index + 1] == '-';
            if (isRange ? letter >= set[index] && letter <= set[index + 2] : letter == set[index])
            {
                return true;
            }

            index += isRange ? 2 : 0;
        }

        return false;
    }
}
