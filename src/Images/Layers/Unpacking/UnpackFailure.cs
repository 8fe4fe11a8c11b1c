using Appliance.Core.Errors;
using Appliance.Images.Archives;
using Appliance.Native.Files;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>Says what a failing call of the file system means for whoever unpacks.</summary>
internal static class UnpackFailure
{
    private const int TooManyLinks = 31;

    /// <summary>Null for what is a fault of ours.</summary>
    public static ApplianceException? Explain(TarEntry entry, Exception failure) => failure switch
    {
        IOException { HResult: PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded } => new ApplianceException(
            ErrorKind.ResourceExhausted,
            $"The disk is full: '{entry.DisplayName}' and so the layer could not be unpacked. 'appliance system prune' gives back what is of no use.",
            failure),
        IOException { HResult: TooManyLinks } => ArchiveFault.InEntry(
            entry.DisplayName, "has more hard links than the file system of the data directory allows.", failure),
        UnauthorizedAccessException => new ApplianceException(
            ErrorKind.PermissionDenied, $"'{entry.DisplayName}' cannot be unpacked: {failure.Message}. Run the appliance as root.", failure),
        IOException and not EndOfStreamException => new ApplianceException(
            ErrorKind.InvalidArgument, $"'{entry.DisplayName}' cannot be unpacked: {failure.Message}.", failure),
        _ => null,
    };
}
