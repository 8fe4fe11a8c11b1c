namespace Appliance.Native.Directories;

/// <summary>What a name in a directory stands for, in the numbers of the kernel.</summary>
public enum NodeKind
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    File = 0x8000,
    SymbolicLink = 0xA000,
    Socket = 0xC000,
}
