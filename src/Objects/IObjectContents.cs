using Appliance.Metadata.Transactions;

namespace Appliance.Objects;

/// <summary>What the objects of one kind hold, as far as removing it goes.</summary>
public interface IObjectContents
{
    /// <summary>The prefix of the ids of the kind.</summary>
    string Kind { get; }

    /// <summary>
    /// Removes some of what a removed object held, little enough that other writers need not wait for it.
    /// </summary>
    /// <returns>True when nothing is left.</returns>
    bool RemoveSome(WriteTransaction write, string id);

    /// <summary>Nothing of the object is left in the metadata, durably: what lies elsewhere can go, too.</summary>
    void AfterRemoval(string id)
    {
    }
}
