using System.Threading.Channels;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Calls;

namespace Appliance.Engine.Calls;

/// <summary>
/// A call whose caller is connected to it, such as a web request: it lives as long as both, in memory alone, and its pieces
/// flow both ways. Nothing of it is done again.
/// </summary>
/// <param name="id">Minted for it.</param>
/// <param name="arguments">What its one input carries.</param>
public sealed class DirectCall(FunctionCallId id, InputArguments arguments)
{
    private const int PiecesMax = 64;

    private readonly Channel<byte[]> inward = Channel.CreateBounded<byte[]>(PiecesMax);
    private readonly Channel<byte[]> outward = Channel.CreateBounded<byte[]>(PiecesMax);

    public FunctionCallId Id => id;

    public InputArguments Arguments => arguments;

    /// <summary>From the caller to the container; each side waits when the other is slow.</summary>
    public Channel<byte[]> Inward => inward;

    /// <summary>From the container to the caller; ends when the call does.</summary>
    public Channel<byte[]> Outward => outward;

    /// <summary>How it ended; set before <see cref="Outward"/> ends.</summary>
    public DirectOutcome? Outcome { get; private set; }

    internal void End(DirectOutcome outcome)
    {
        Outcome ??= outcome;
        inward.Writer.TryComplete();
        outward.Writer.TryComplete();
    }
}

/// <summary>How a direct call ended.</summary>
/// <param name="Status">Of its input.</param>
/// <param name="Message">What went wrong, for people; null where nothing did.</param>
/// <param name="Task">The container that ended it; null where the server did.</param>
public sealed record DirectOutcome(InputStatus Status, string? Message, TaskId? Task = null);
