namespace Appliance.Images.Archives;

/// <summary>What an entry of an archive is.</summary>
public enum TarKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}
