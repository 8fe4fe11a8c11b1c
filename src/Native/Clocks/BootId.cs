namespace Appliance.Native.Clocks;

/// <summary>Tells the present boot of the machine from earlier ones: what was written in this one is at least in memory.</summary>
public static class BootId
{
    public static string Read() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
