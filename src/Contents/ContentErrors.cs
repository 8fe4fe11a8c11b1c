using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Contents;

/// <summary>What the store tells its users when something fails.</summary>
internal static class ContentErrors
{
    public static bool IsDiskFull(IOException failure) =>
        failure.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded;

    public static ApplianceException DiskFull(string directory, IOException cause) => new(
        ErrorKind.ResourceExhausted,
        $"The file was not stored: the disk of '{directory}' is full. Free some space ('appliance system prune') and send it again.",
        cause);

    public static ApplianceException NoRoom(long wantedBytes, long freeBytes, string directory) => new(
        ErrorKind.ResourceExhausted,
        $"{wantedBytes} bytes cannot be stored: the disk of '{directory}' has {freeBytes} bytes free. Free some space ('appliance system prune') and try again.");

    public static ApplianceException WrongDigest(Digest expected, Digest actual) => new(
        ErrorKind.InvalidArgument,
        $"The bytes sent as block '{expected}' have the digest '{actual}', so they were not stored; hash the block without its trailing zero bytes and send exactly the hashed bytes.");

    public static ApplianceException BlockTooLong(int lengthBytes) => new(
        ErrorKind.TooLarge, $"This block of the file has at most {lengthBytes} bytes; more were sent, and none was stored.");

    public static ApplianceException Busy(int index) => new(
        ErrorKind.Unavailable, $"Block {index} of this file is being uploaded by another request: try again.");

    public static ApplianceException Missing(Digest id) => new(
        ErrorKind.NotFound, $"Content '{id}' is not stored any more: ask for the file again.");

    public static ApplianceException Damaged(Digest id, int index, string path) => new(
        ErrorKind.DataLoss,
        $"Block {index} of content '{id}' is damaged: its bytes in '{path}' no longer have their digest. Upload the file again and check the disk.");
}
