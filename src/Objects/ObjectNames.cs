using Appliance.Core.Errors;

namespace Appliance.Objects;

/// <summary>Which names objects may have: the clients' own rule, which not all of them check (contracts/modal.md §6).</summary>
public static class ObjectNames
{
    private const int LengthMax = 64;

    /// <exception cref="ApplianceException">InvalidArgument, saying what is allowed.</exception>
    public static void Check(string noun, string name)
    {
        bool isValid = name.Length is > 0 and <= LengthMax
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        if (!isValid)
        {
            string shown = name.Length > LengthMax ? name[..LengthMax] + "…" : name;
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Invalid {noun} name: '{shown}'. Names may contain only alphanumeric characters, dashes, periods, and underscores, and must be 1 to {LengthMax} characters long.");
        }
    }
}
