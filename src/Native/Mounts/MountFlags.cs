namespace Appliance.Native.Mounts;

/// <summary>What mount(2) can be told in numbers.</summary>
[Flags]
public enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 0x1,
    NoSuid = 0x2,
    NoDevices = 0x4,
    Remount = 0x20,
    Bind = 0x1000,
    Recursive = 0x4000,
    Private = 0x40000,
    Shared = 0x100000,
}
