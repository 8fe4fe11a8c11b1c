using System.Buffers.Binary;
using System.Text;

namespace Appliance.Engine.Logs;

/// <summary>What one process of an app wrote at once.</summary>
/// <param name="At">When it was read.</param>
/// <param name="TaskId">Whose it is.</param>
/// <param name="FunctionId">For which function.</param>
/// <param name="IsError">Of the two streams.</param>
/// <param name="SourceEnd">Where it ends in the stream; <see cref="OfServer"/> where it comes from none.</param>
/// <param name="Text">UTF-8, whole letters only.</param>
public readonly record struct AppLogEntry(DateTimeOffset At, string TaskId, string FunctionId, bool IsError, long SourceEnd, ReadOnlyMemory<byte> Text)
{
    /// <summary>Length, time, stream, place in the stream, two ids of 25 letters.</summary>
    public const int HeaderBytes = 4 + 8 + 1 + 8 + IdBytes + IdBytes;

    /// <summary>Instead of a place: from here on a client is to pass on what is typed, to a program that has stopped to be looked at.</summary>
    public const long ShellBegins = -2;

    /// <summary>Instead of a place: nobody reads what is typed any more.</summary>
    public const long ShellEnds = -3;

    /// <summary>The server says it.</summary>
    public const long OfServer = -1;

    private const int IdBytes = 25;

    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Whether it says something to clients and is not shown.</summary>
    public bool IsMark => SourceEnd is ShellBegins or ShellEnds;

    public byte[] Write()
    {
        byte[] bytes = new byte[HeaderBytes + Text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Text.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), At.ToUnixTimeMilliseconds());
        bytes[12] = IsError ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(13), SourceEnd);
        Encoding.ASCII.GetBytes(TaskId, bytes.AsSpan(21, IdBytes));
        Encoding.ASCII.GetBytes(FunctionId, bytes.AsSpan(21 + IdBytes, IdBytes));
        Text.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>How long the text behind a header is; false when what is there cannot be a header.</summary>
    /// <param name="header">Its bytes.</param>
    /// <param name="room">How many bytes there are behind it.</param>
    /// <param name="length">In bytes.</param>
    public static bool TryReadLength(ReadOnlySpan<byte> header, long room, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(header);
        long time = BinaryPrimitives.ReadInt64LittleEndian(header[4..]);
        return length >= 0 && length <= room && time > 0 && time <= LastTime && header[12] <= 1;
    }

    public static AppLogEntry Read(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> text) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(header[4..])),
        Encoding.ASCII.GetString(header.Slice(21, IdBytes)),
        Encoding.ASCII.GetString(header.Slice(21 + IdBytes, IdBytes)),
        header[12] == 1,
        BinaryPrimitives.ReadInt64LittleEndian(header[13..]),
        text);
}
