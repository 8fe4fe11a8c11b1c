namespace Appliance.Native.Files;

/// <summary>What a name in a directory stands for.</summary>
public enum FileKind
{
    File,
    Directory,
    SymbolicLink,

    /// <summary>A device, a pipe or a socket.</summary>
    Special,
}
