using System.Buffers.Binary;
using System.Net;

namespace Appliance.Containers.Networks.Names;

/// <summary>DNS replies: those we make, and the addresses in those we pass on.</summary>
internal static class NameReply
{
    public const int NoError = 0;
    public const int ServerFailure = 2;
    public const int NoSuchName = 3;
    public const int Refused = 5;

    private const byte ReplyBit = 0x80;
    private const byte RecursionDesiredBit = 0x01;
    private const byte RecursionAvailableBit = 0x80;
    private const int CodeMask = 0x0F;
    private const int RecordHeaderBytes = 10;
    private const int AddressType = 1;
    private const int InternetClass = 1;
    private const int PointerMask = 0xC0;

    /// <summary>A reply with nothing but a code, to a query that was understood.</summary>
    public static byte[] Make(ReadOnlySpan<byte> query, NameQuestion question, int code)
    {
        byte[] reply = query[..question.EndOffset].ToArray();
        reply[2] = (byte)(ReplyBit | (query[2] & RecursionDesiredBit));
        reply[3] = (byte)(RecursionAvailableBit | code);

        // Whatever stood behind the question is not in the reply.
        reply.AsSpan(6, 6).Clear();
        return reply;
    }

    public static int CodeOf(ReadOnlySpan<byte> reply) => reply[3] & CodeMask;

    /// <summary>Whether it answers a query: same number, same question.</summary>
    public static bool Answers(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> query, NameQuestion question) =>
        reply.Length >= question.EndOffset
        && reply[..2].SequenceEqual(query[..2])
        && (reply[2] & ReplyBit) != 0
        && reply[4..6].SequenceEqual(query[4..6])
        && reply[NameQuestion.HeaderBytes..question.EndOffset].SequenceEqual(query[NameQuestion.HeaderBytes..question.EndOffset]);

    /// <summary>The IPv4 addresses that a reply gives, each with the time for which it holds.</summary>
    /// <param name="questionEnd">Where the answers begin.</param>
    public static IReadOnlyList<(IPAddress Address, TimeSpan Life)> Addresses(ReadOnlySpan<byte> reply, int questionEnd)
    {
        var found = new List<(IPAddress, TimeSpan)>();
        int offset = questionEnd;
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(reply[6..]); left > 0; left--)
        {
            offset = SkipName(reply, offset);
            if (offset < 0 || offset + RecordHeaderBytes > reply.Length)
            {
                break;
            }

            ReadOnlySpan<byte> header = reply[offset..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[8..]);
            offset += RecordHeaderBytes + length;
            if (offset > reply.Length)
            {
                break;
            }

            bool isAddress = BinaryPrimitives.ReadUInt16BigEndian(header) == AddressType
                && BinaryPrimitives.ReadUInt16BigEndian(header[2..]) == InternetClass;
            if (isAddress && length == 4)
            {
                found.Add((new IPAddress(header.Slice(RecordHeaderBytes, 4)), TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(header[4..]))));
            }
        }

        return found;
    }

    /// <summary>Where a name ends; negative when it is malformed. A pointer to an earlier name is its end.</summary>
    private static int SkipName(ReadOnlySpan<byte> message, int offset)
    {
        while (offset < message.Length)
        {
            int length = message[offset];
            if ((length & PointerMask) == PointerMask)
            {
                return offset + 2;
            }

            offset += 1 + length;
            if (length == 0)
            {
                return offset;
            }
        }

        return -1;
    }
}
