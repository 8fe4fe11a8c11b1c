using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;

namespace Appliance.Metadata.Calls;

/// <summary>One input of a call, without what it carries.</summary>
/// <param name="Id">Minted by the server, so that later inputs have greater ids.</param>
/// <param name="CallId">What it belongs to.</param>
/// <param name="FunctionId">Who is to work on it.</param>
/// <param name="Position">Within the call, from 0, as the client counts.</param>
/// <param name="Method">Of a class; empty for a plain function.</param>
/// <param name="Attempt">How often it has failed and was begun anew.</param>
/// <param name="Losses">How often it was begun anew through no fault of its own.</param>
/// <param name="DueAt">Not to be begun before.</param>
/// <param name="TaskId">The container that works on it, or did last.</param>
/// <param name="StartedAt">When that container got it.</param>
/// <param name="Number">Of its result, in the order of results of the call.</param>
/// <param name="Status">How it ended; null before.</param>
/// <param name="EndedAt">When.</param>
public sealed record InputRecord(
    InputId Id,
    FunctionCallId CallId,
    FunctionId FunctionId,
    int Position,
    string Method,
    int Attempt,
    int Losses,
    DateTimeOffset DueAt,
    TaskId? TaskId = null,
    DateTimeOffset? StartedAt = null,
    int? Number = null,
    InputStatus? Status = null,
    DateTimeOffset? EndedAt = null);

/// <summary>How an input ended. The numbers are stored.</summary>
public enum InputStatus
{
    Success = 1,

    /// <summary>The function raised an exception.</summary>
    Failure = 2,

    /// <summary>It took longer than it may.</summary>
    Timeout = 3,

    /// <summary>Somebody asked for its end.</summary>
    Terminated = 4,

    /// <summary>No container could be started.</summary>
    InitFailure = 5,

    /// <summary>The container was lost, again and again.</summary>
    InternalFailure = 6,
}

/// <summary>What an input carries: in place, or as a blob.</summary>
/// <param name="Format">In the client's numbers.</param>
/// <param name="Body">Null where it is a blob.</param>
/// <param name="BlobId">Null where it is in place.</param>
public sealed record InputArguments(int Format, byte[]? Body, string? BlobId);

/// <summary>What came of an input.</summary>
/// <param name="Input">Which.</param>
/// <param name="Format">Of what the function returned, in the client's numbers.</param>
/// <param name="Body">The container's result in the client's form; null where the server made it.</param>
/// <param name="Message">What the server has to say, where it made the result.</param>
public sealed record InputResult(InputRecord Input, int Format, byte[]? Body, string? Message);
