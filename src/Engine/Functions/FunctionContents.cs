using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Engine.Functions;

/// <summary>What goes with a removed function: what it was defined as.</summary>
public sealed class FunctionContents : IObjectContents
{
    public string Kind => FunctionId.Prefix;

    public bool RemoveSome(WriteTransaction write, string id)
    {
        FunctionRows.Delete(write, FunctionId.FromText(id));
        return true;
    }
}

/// <summary>A removed class leaves its row.</summary>
public sealed class ClassContents : IObjectContents
{
    public string Kind => ClassId.Prefix;

    public bool RemoveSome(WriteTransaction write, string id)
    {
        ClassRows.Delete(write, ClassId.FromText(id));
        return true;
    }
}
