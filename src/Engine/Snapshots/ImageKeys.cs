using System.Security.Cryptography;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Snapshots;
using Appliance.Metadata.Transactions;

namespace Appliance.Engine.Snapshots;

/// <summary>Keys that clients give for images; whoever has not an image's key may not use it.</summary>
public static class ImageKeys
{
    private const int LengthMin = 16;
    private const int LengthMax = 512;
    private const int SaltLength = 16;

    /// <exception cref="ApplianceException">InvalidArgument: its length.</exception>
    public static void Check(ReadOnlyMemory<byte>? key)
    {
        if (key is { Length: < LengthMin or > LengthMax })
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"An encryption key has {LengthMin} to {LengthMax} bytes; this one has {key.Value.Length}.");
        }
    }

    /// <summary>Lets an image be used with a key only.</summary>
    public static void Set(WriteTransaction write, ImageId image, ReadOnlySpan<byte> key)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        ImageKeyRows.Add(write, image, new ImageKeyRecord(salt, HMACSHA256.HashData(salt, key)));
    }

    /// <exception cref="ApplianceException">PermissionDenied: the image needs a key, and this is not it.</exception>
    public static void Require(ReadTransaction read, ImageId image, ReadOnlyMemory<byte>? key)
    {
        if (ImageKeyRows.Find(read, image) is not { } known)
        {
            return;
        }

        if (key is not { } given)
        {
            throw new ApplianceException(
                ErrorKind.PermissionDenied, $"Image '{image}' was made with an encryption key, and can be used only where that key is given.");
        }

        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(known.Salt, given.Span), known.Hash))
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"The encryption key is not the one with which image '{image}' was made.");
        }
    }
}
