using Appliance.Core.Errors;

namespace Appliance.Images.Archives;

/// <summary>What can be wrong with an archive, in words for whoever made it.</summary>
internal static class ArchiveFault
{
    public static ApplianceException At(long position, string what, Exception? cause = null) => new(
        ErrorKind.InvalidArgument,
        $"The archive is damaged or no tar archive: {what} at byte {position}. Make or fetch it again; plain tar, gzip and zstd are understood.",
        cause);

    public static ApplianceException InEntry(TarEntry entry, string what) => InEntry(entry.DisplayName, what);

    public static ApplianceException InEntry(string name, string what, Exception? cause = null) =>
        new(ErrorKind.InvalidArgument, $"'{Shown(name)}' in the archive {what}", cause);

    public static ApplianceException CutShort(long position) => At(position, "it ends in the middle");

    private static string Shown(string name) => name.Length > 200 ? name[..200] + "…" : name;
}
