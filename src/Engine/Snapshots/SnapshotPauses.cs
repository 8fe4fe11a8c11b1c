using System.Runtime.CompilerServices;
using Appliance.Containers.Runtime;
using Appliance.Containers.Ttrpc;
using Appliance.Core.Errors;

namespace Appliance.Engine.Snapshots;

/// <summary>Holds containers still while they are copied, one copy at a time each.</summary>
public sealed class SnapshotPauses
{
    private readonly ConditionalWeakTable<Container, SemaphoreSlim> turns = [];

    /// <summary>Does something while nothing runs in the container.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it has ended, or cannot be paused.</exception>
    public async Task<T> RunAsync<T>(Container container, Func<Task<T>> work, CancellationToken cancellation)
    {
        SemaphoreSlim turn = turns.GetValue(container, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellation);
        try
        {
            await PauseAsync(container);
            try
            {
                return await work();
            }
            catch (IOException cause) when (container.Main.Exited.IsCompleted)
            {
                throw Ended(container, cause);
            }
            finally
            {
                await ResumeAsync(container);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Is not cancelled midway: whether the container stands still must be known.</summary>
    private static async Task PauseAsync(Container container)
    {
        try
        {
            await container.PauseAsync(CancellationToken.None);
        }
        catch (TtrpcException refusal)
        {
            throw container.Main.Exited.IsCompleted
                ? Ended(container, refusal)
                : new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{container.Id}' cannot be paused for a snapshot: {refusal.Message}", refusal);
        }
    }

    private static async Task ResumeAsync(Container container)
    {
        try
        {
            await container.ResumeAsync(CancellationToken.None);
        }
        catch (TtrpcException) when (container.Main.Exited.IsCompleted)
        {
            // It was killed meanwhile.
        }
    }

    private static ApplianceException Ended(Container container, Exception cause) => new(
        ErrorKind.FailedPrecondition, $"Container '{container.Id}' has ended: no snapshot can be made of it any more.", cause);
}
