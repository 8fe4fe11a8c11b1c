namespace Appliance.Engine.Pools;

/// <summary>What one pool may ask of the machine.</summary>
/// <param name="ContainersMax">For a function that names no limit.</param>
/// <param name="StartsAtOnce">How many containers may be starting when none works yet.</param>
public sealed record MachineSize(int ContainersMax, int StartsAtOnce)
{
    private const int ContainersPerCore = 4;

    public static MachineSize Of(int cores) => new(ContainersPerCore * cores, cores);
}
