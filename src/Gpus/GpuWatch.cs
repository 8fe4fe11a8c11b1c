using Appliance.Gpus.Discovery;

namespace Appliance.Gpus;

/// <summary>
/// Knows the machine's GPUs without looking each time. It looks again while there are none, since a driver may be installed
/// while the server runs, and when the driver's files are replaced.
/// </summary>
public sealed class GpuWatch(GpuMachine machine)
{
    private readonly Lock turn = new();
    private GpuInventory? last;

    /// <summary>Takes up to seconds when it looks: cards that nobody uses have to be woken.</summary>
    public Task<GpuInventory> ReadAsync() =>
        last is { IsWhole: true } whole ? Task.FromResult(whole) : Task.Run(Look);

    private GpuInventory Look()
    {
        lock (turn)
        {
            return last = last is { IsWhole: true } whole ? whole : GpuDiscovery.Discover(machine);
        }
    }
}
