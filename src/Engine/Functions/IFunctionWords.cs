using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;

namespace Appliance.Engine.Functions;

/// <summary>What only the gateway knows of functions: it speaks the client's form.</summary>
public interface IFunctionWords
{
    /// <summary>What a function is with what it was bound with.</summary>
    FunctionDefinition Resolve(FunctionRecord function, FunctionDefinitionRecord definition);

    /// <summary>What the client's program in a container is told at its start.</summary>
    byte[] WriteArguments(ReadTransaction read, LiveSandbox container);
}
