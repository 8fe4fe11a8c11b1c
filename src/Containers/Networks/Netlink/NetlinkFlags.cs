namespace Appliance.Containers.Networks.Netlink;

/// <summary>What a request asks for beside its type.</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    None = 0,
    Request = 0x1,
    Acknowledge = 0x4,

    /// <summary>List everything that matches.</summary>
    Dump = 0x300,

    /// <summary>Fail when it is there.</summary>
    Exclusive = 0x200,

    /// <summary>Take the place of what is there.</summary>
    Replace = 0x100,

    /// <summary>Make it when it is not there.</summary>
    Create = 0x400,

    /// <summary>Put it behind what is there.</summary>
    Append = 0x800,
}
