using Appliance.Metadata.Transactions;

namespace Appliance.Objects;

/// <summary>For kinds of objects that are a name and nothing else.</summary>
public sealed class NoContents(string kind) : IObjectContents
{
    public string Kind => kind;

    public bool RemoveSome(WriteTransaction write, string id) => true;
}
