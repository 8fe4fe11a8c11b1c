using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Reads the small files of an archive as a whole.</summary>
internal static class DocumentFile
{
    public const int LengthMax = 8 * 1024 * 1024;

    /// <exception cref="ApplianceException">InvalidArgument: it is missing, too long, or has another digest.</exception>
    public static async Task<byte[]> ReadAsync(IImageFiles files, string path, Digest? expected, CancellationToken cancellation)
    {
        long length = files.LengthOf(path);
        if (length > LengthMax)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{path}' of the image is {length} bytes long; a document of an image has at most {LengthMax}.");
        }

        byte[] bytes = new byte[length];
        await using Stream stream = files.Open(path);
        await stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        if (expected is { } digest && Digest.Of(bytes) is var found && found != digest)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{path}' of the image has the digest sha256:{found}: the image is damaged. Fetch or export it again.");
        }

        return bytes;
    }
}
