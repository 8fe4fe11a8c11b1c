namespace Appliance.Images.Archives;

/// <summary>The letters of tar headers.</summary>
internal static class TarKinds
{
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: a letter that is not known here.</exception>
    public static TarKind Of(byte type, ReadOnlySpan<byte> name, long position) => type switch
    {
        // The oldest form has no letter for directories.
        (byte)'0' or 0 or (byte)'7' or (byte)'S' => name.EndsWith("/"u8) ? TarKind.Directory : TarKind.File,
        (byte)'1' => TarKind.HardLink,
        (byte)'2' => TarKind.SymbolicLink,
        (byte)'3' => TarKind.CharacterDevice,
        (byte)'4' => TarKind.BlockDevice,
        (byte)'5' or (byte)'D' => TarKind.Directory,
        (byte)'6' => TarKind.Fifo,
        _ => throw ArchiveFault.At(position, $"an entry is of the unknown kind '{(char)type}'"),
    };
}
