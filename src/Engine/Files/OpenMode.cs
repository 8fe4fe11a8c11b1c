using Appliance.Core.Errors;

namespace Appliance.Engine.Files;

/// <summary>How a file is opened, as Python writes it: one of r, w, a and x, with + for both ways.</summary>
public sealed record OpenMode(char Way, bool CanRead, bool CanWrite)
{
    public bool Appends => Way == 'a';

    /// <exception cref="ApplianceException">InvalidArgument: it is none.</exception>
    public static OpenMode Parse(string text)
    {
        string ways = string.Concat(text.Where(letter => letter is 'r' or 'w' or 'a' or 'x'));
        if (ways.Length != 1 || text.Any(letter => !"rwax+bt".Contains(letter)))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Invalid mode '{text}': write one of r, w, a and x, perhaps with + and b.");
        }

        bool both = text.Contains('+');
        return new OpenMode(ways[0], ways[0] == 'r' || both, ways[0] != 'r' || both);
    }
}
