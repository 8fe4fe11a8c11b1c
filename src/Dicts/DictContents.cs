using Appliance.Core.Ids;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Dicts;

/// <summary>Removes what removed dicts held.</summary>
public sealed class DictContents : IObjectContents
{
    // About a millisecond of the writer's time.
    private const int EntriesPerWrite = 300;

    public string Kind => DictId.Prefix;

    public bool RemoveSome(WriteTransaction write, string id)
    {
        if (DictGenerations.FindAny(write, id) is not { } generation)
        {
            return true;
        }

        RemoveSome(write, generation);
        return false;
    }

    /// <summary>Removes some of a generation that nobody sees any more.</summary>
    internal static void RemoveSome(WriteTransaction write, long generation)
    {
        if (DictEntries.RemoveSome(write, generation, EntriesPerWrite) < EntriesPerWrite)
        {
            DictGenerations.Remove(write, generation);
        }
    }
}
