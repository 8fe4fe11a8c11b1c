using System.Collections.Concurrent;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Files;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>What file operations ended with: clients ask for it in a second call, perhaps more than once.</summary>
internal sealed class FileOutcomes(TimeProvider clock)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, FileOutcome> all = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<FileOutcome> byAge = new();

    public void Add(FileOutcome outcome)
    {
        all[outcome.ExecId] = outcome;
        byAge.Enqueue(outcome);
        while (byAge.TryPeek(out FileOutcome? oldest) && clock.GetUtcNow() - oldest.At > Age && byAge.TryDequeue(out oldest))
        {
            all.TryRemove(oldest.ExecId, out _);
        }
    }

    /// <exception cref="ApplianceException">NotFound.</exception>
    public FileOutcome Get(string execId) => all.TryGetValue(execId, out FileOutcome? found)
        ? found
        : throw new ApplianceException(ErrorKind.NotFound, $"There is no file operation '{execId}': the server was restarted, or it was minutes ago.");
}

/// <summary>How one operation ended: with bytes of its own, with bytes of a file, with a failure; or it is a watch that goes on.</summary>
internal sealed record FileOutcome(string ExecId, TaskId Task, DateTimeOffset At)
{
    public ByteString Output { get; init; } = ByteString.Empty;

    public FileSlice? Slice { get; init; }

    public FileToolException? Failure { get; init; }

    /// <summary>Where the output of the command of this id is what there is to say.</summary>
    public WatchLines? Watch { get; init; }
}
