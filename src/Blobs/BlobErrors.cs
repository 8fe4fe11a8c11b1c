using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Native.Files;

namespace Appliance.Blobs;

/// <summary>What users of blobs are told when something fails: one place, so that equal failures read equally.</summary>
internal static class BlobErrors
{
    public static ApplianceException Unknown(BlobId id) => new(
        ErrorKind.NotFound, $"Blob '{id}' not found: it has expired, or never existed.");

    public static ApplianceException NotUploaded(BlobId id) => new(
        ErrorKind.NotFound, $"Blob '{id}' has no content: its upload has not been finished.");

    public static ApplianceException FileMissing(BlobId id, string path) => new(
        ErrorKind.DataLoss, $"The file of blob '{id}' is missing: '{path}'. Upload it again and check the disk.");

    public static ApplianceException WrongLength(BlobId id, long declared, long came) => new(
        ErrorKind.InvalidArgument,
        came > declared
            ? $"More than the {declared} bytes that were announced came for blob '{id}', so nothing was stored."
            : $"Only {came} of the {declared} bytes that were announced came for blob '{id}', so nothing was stored: send them all.");

    /// <summary>A client recognises the first sentence and explains it to its user (contracts/modal.md §6).</summary>
    public static ApplianceException WrongMd5(BlobId id) => new(
        ErrorKind.InvalidArgument,
        $"The Content-MD5 you specified did not match what we received. Nothing was stored for blob '{id}': send it again.");

    public static ApplianceException WrongSha256(BlobId id) => new(
        ErrorKind.InvalidArgument,
        $"The bytes that came for blob '{id}' do not have the SHA-256 that was announced, so nothing was stored: upload it again.");

    public static ApplianceException OtherContent(BlobId id) => new(
        ErrorKind.FailedPrecondition,
        $"Blob '{id}' is stored already, with other content, and never changes: make a new blob for this one.");

    public static ApplianceException NoSuchPart(BlobId id, int number, int count) => new(
        ErrorKind.InvalidArgument, $"Blob '{id}' has parts 1 to {count}, so there is no part {number}.");

    public static ApplianceException PartsDiffer(BlobId id, string what) => new(
        ErrorKind.InvalidArgument, $"The upload of blob '{id}' cannot be completed: {what}. Send the parts and complete again.");

    public static ApplianceException GivenUp(BlobId id) => new(
        ErrorKind.FailedPrecondition,
        $"The upload of blob '{id}' was given up, because the disk was full or the bytes were not those announced: upload it again as a new blob.");

    public static ApplianceException DiskFull(string directory, long freeBytes, Exception cause) => new(
        ErrorKind.ResourceExhausted,
        $"The blob was not stored: the disk of '{directory}' is full ({freeBytes} bytes free). Free some space and upload it again.",
        cause);

    public static ApplianceException TooLittleSpace(string directory, long freeBytes, long lengthBytes) => new(
        ErrorKind.ResourceExhausted,
        $"A blob of {lengthBytes} bytes cannot be stored: the disk of '{directory}' has {freeBytes} bytes free. Free some space and upload it again.");

    public static bool IsDiskFull(IOException failure) => failure.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded;
}
