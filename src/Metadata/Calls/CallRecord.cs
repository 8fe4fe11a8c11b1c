using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;

namespace Appliance.Metadata.Calls;

/// <summary>A call of a function: one input, or many that belong together.</summary>
/// <param name="Id">Minted by the server.</param>
/// <param name="FunctionId">What is called.</param>
/// <param name="AppId">Whose function that is.</param>
/// <param name="WorkspaceId">Who may ask for results.</param>
/// <param name="Kind">How it was called, in the client's words.</param>
/// <param name="ParentInputId">The input whose work made the call; null for a client outside.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="InputCount">How many inputs it has so far.</param>
/// <param name="DoneCount">How many of them have a result.</param>
/// <param name="IsCanceled">Whether somebody asked for its end.</param>
public sealed record CallRecord(
    FunctionCallId Id,
    FunctionId FunctionId,
    AppId AppId,
    WorkspaceId WorkspaceId,
    CallKind Kind,
    InputId? ParentInputId,
    DateTimeOffset CreatedAt,
    int InputCount = 0,
    int DoneCount = 0,
    bool IsCanceled = false);

/// <summary>How a call was made. The numbers are stored.</summary>
[Flags]
public enum CallKind
{
    /// <summary>One input, and somebody waits for its result.</summary>
    Unary = 0,

    /// <summary>Inputs come in batches.</summary>
    Map = 1,

    /// <summary>Nobody waits; results are fetched later.</summary>
    Spawned = 2,

    /// <summary>The caller handles pieces of the result as they come.</summary>
    Streamed = 4,
}
