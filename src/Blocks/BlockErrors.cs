using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Blocks;

/// <summary>What the store tells its users when something fails: one place, so that equal failures read equally.</summary>
internal static class BlockErrors
{
    public static ApplianceException TooLarge() => new(
        ErrorKind.TooLarge,
        $"The block is longer than {BlockLimits.LengthBytesMax} bytes, so it was not stored; "
        + "cut the file into blocks of at most that length.");

    public static ApplianceException WrongDigest(Digest expected, Digest actual) => new(
        ErrorKind.InvalidArgument,
        $"The bytes sent as block '{expected}' have the digest '{actual}', so they were not stored; "
        + "hash the block without its trailing zero bytes and send exactly the hashed bytes.");

    public static ApplianceException Missing(Digest digest) => new(
        ErrorKind.NotFound, $"Block '{digest}' is not in the store; upload it again.");

    public static ApplianceException OutOfRange(Digest digest, long offset, long lengthBytes, int blockLengthBytes) => new(
        ErrorKind.InvalidArgument,
        $"Block '{digest}' holds {blockLengthBytes} bytes, so {lengthBytes} bytes from {offset} cannot be read from it.");

    public static ApplianceException Damaged(Digest digest, string quarantine) => new(
        ErrorKind.DataLoss,
        $"Block '{digest}' is damaged: its bytes on disk no longer have its digest. What is left was moved to "
        + $"'{quarantine}'; upload the block again and check the disk.");

    public static ApplianceException StoreInUse(string directory) => new(
        ErrorKind.FailedPrecondition,
        $"The block store '{directory}' cannot be opened: another process is using it. "
        + "Stop that process or choose another data directory.");

    public static bool IsDiskFull(IOException failure) =>
        failure.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded;

    public static ApplianceException DiskFull(string directory, long freeBytes, IOException cause) => new(
        ErrorKind.ResourceExhausted,
        $"The block was not stored: the disk of '{directory}' is full ({freeBytes} bytes free). "
        + "Free some space, or collect unreferenced blocks, and send the block again.",
        cause);
}
