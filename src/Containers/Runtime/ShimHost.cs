using Appliance.Containers.Shims;

namespace Appliance.Containers.Runtime;

/// <summary>What it takes to start containers; made when the first is wanted, since most servers' first minute needs none.</summary>
internal sealed class ShimHost : IAsyncDisposable
{
    private readonly ShimEvents events;

    /// <exception cref="Core.Errors.ApplianceException">FailedPrecondition: the machine lacks something.</exception>
    public ShimHost(RunDirectory run, int warmShims, Action<Exception> report)
    {
        Programs = ShimPrograms.Locate();
        run.Ensure();
        events = new ShimEvents(run.EventSocket);
        Slots = new SlotPool(run, new ShimStarter(Programs, run.EventSocket), warmShims, report);
    }

    public ShimPrograms Programs { get; }

    public SlotPool Slots { get; }

    public async ValueTask DisposeAsync()
    {
        await Slots.DisposeAsync();
        await events.DisposeAsync();
    }
}
