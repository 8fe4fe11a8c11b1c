using Appliance.Core.Errors;
using Appliance.Core.Ids;

namespace Appliance.Engine.Commands;

/// <summary>Clients choose the ids of what they run; they become names of files.</summary>
public static class ExecIds
{
    private const int LengthMax = 128;
    private const char Separator = '_';

    /// <summary>An id of the server's own that also tells the task: some clients name nothing else afterwards.</summary>
    public static string Mint(TaskId task) => $"{task}{Separator}{Guid.NewGuid():N}";

    /// <summary>Takes one apart that <see cref="Mint"/> made.</summary>
    /// <exception cref="ApplianceException">NotFound: it is none.</exception>
    public static TaskId TaskOf(string execId) =>
        execId.Split(Separator) is [string task, _] && ObjectId.TryRead(task, out TaskId id)
            ? id
            : throw new ApplianceException(ErrorKind.NotFound, $"There is no exec '{execId}'.");

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
