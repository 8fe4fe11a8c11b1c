using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Digests as documents write them: "sha256:…".</summary>
internal static class BlobDigest
{
    private const string Algorithm = "sha256:";

    /// <exception cref="ApplianceException">InvalidArgument: another algorithm, or no digest.</exception>
    public static Digest Read(string text) =>
        text.StartsWith(Algorithm, StringComparison.Ordinal) && Digest.TryReadHex(text[Algorithm.Length..], out Digest digest)
            ? digest
            : throw new ApplianceException(ErrorKind.InvalidArgument, $"'{text}' in the image is no SHA-256 digest ('sha256:' and 64 hexadecimal digits).");

    public static string Write(Digest digest) => Algorithm + digest;
}
