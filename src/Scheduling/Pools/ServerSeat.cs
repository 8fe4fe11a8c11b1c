using Appliance.Core.Ids;

namespace Appliance.Scheduling.Pools;

/// <summary>Where a request to a server waits until its pool says which container serves it.</summary>
/// <param name="session">Requests of one session go to one container as long as it is there; empty for none.</param>
public sealed class ServerSeat(string session)
{
    private readonly TaskCompletionSource<ServerPlace> place = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Session => session;

    /// <summary>Ends with the container; fails when there will be none.</summary>
    public Task<ServerPlace> Place => place.Task;

    public void Take(ServerPlace found) => place.TrySetResult(found);

    public void Fail(Exception why) => place.TrySetException(why);
}

/// <summary>A port of a container, to which requests may go.</summary>
public sealed record ServerPlace(TaskId Task, int Port);
