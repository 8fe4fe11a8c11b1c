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
    /// <param name="read">The transaction.</param>
    /// <param name="container">Which.</param>
    /// <param name="task">Who it is; empty for what all are told alike.</param>
    /// <param name="checkpoint">The memory snapshot that it is to ask for when it is ready; empty for none.</param>
    byte[] WriteArguments(ReadTransaction read, LiveSandbox container, string task, string checkpoint);
}
