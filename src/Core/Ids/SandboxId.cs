using System.Buffers.Binary;
using System.Security.Cryptography;
using Appliance.Core.Errors;

namespace Appliance.Core.Ids;

/// <summary>
/// Names one sandbox. Its shape tells clients which family of calls applies (contracts/sandbox.md §0.4): 22 characters
/// for the first, a ULID for the second.
/// </summary>
public readonly record struct SandboxId(string Text) : IObjectId<SandboxId>
{
    // Crockford's base 32, which ULIDs are written in.
    private const string UlidAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int UlidLength = 26;
    private const int BitsPerLetter = 5;

    public static string Prefix => "sb";

    public static string Noun => "sandbox";

    public bool IsVersion2 => Text.Length == Prefix.Length + 1 + UlidLength;

    /// <summary>Reads an id that a client sent, of either shape.</summary>
    /// <exception cref="ApplianceException">InvalidArgument, naming what was expected.</exception>
    public static SandboxId Read(string? text)
    {
        bool isUlid = text is not null && text.StartsWith(Prefix + "-", StringComparison.Ordinal)
            && text.Length == Prefix.Length + 1 + UlidLength && !text.AsSpan(Prefix.Length + 1).ContainsAnyExcept(UlidAlphabet);
        return isUlid ? new SandboxId(text!) : ObjectId.Read<SandboxId>(text);
    }

    public static SandboxId FromText(string text) => new(text);

    /// <summary>An id that makes clients use the second family of calls.</summary>
    public static SandboxId MintVersion2(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)Math.Max(0, now.ToUnixTimeMilliseconds()) << 16);
        RandomNumberGenerator.Fill(bytes[6..]);
        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> letters = stackalloc char[UlidLength];
        for (int index = UlidLength - 1; index >= 0; index--)
        {
            letters[index] = UlidAlphabet[(int)(value & 31)];
            value >>= BitsPerLetter;
        }

        return new SandboxId($"{Prefix}-{letters}");
    }

    public override string ToString() => Text;
}
