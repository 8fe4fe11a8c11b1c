using Appliance.Core.Errors;

namespace Appliance.Engine.Commands;

/// <summary>Clients choose the ids of what they run; they become names of files.</summary>
internal static class ExecIds
{
    private const int LengthMax = 128;

    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static void Check(string execId)
    {
        if (execId.Length is 0 or > LengthMax || !execId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"An exec id has 1 to {LengthMax} letters, digits, dashes and underscores.");
        }
    }
}
