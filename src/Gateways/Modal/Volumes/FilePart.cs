using Appliance.Blocks;
using Appliance.Core.Errors;

namespace Appliance.Gateways.Modal.Volumes;

/// <summary>The part of a file that a client asks for; a length of 0 means up to the end.</summary>
internal readonly record struct FilePart(long Start, long Length)
{
    /// <exception cref="ApplianceException">InvalidArgument: it begins behind the end.</exception>
    public static FilePart Of(long sizeBytes, ulong start, ulong length)
    {
        if (start > (ulong)sizeBytes)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"The file has {sizeBytes} bytes, so nothing can be read from {start} on.");
        }

        long rest = sizeBytes - (long)start;
        return new FilePart((long)start, length == 0 ? rest : (long)Math.Min((ulong)rest, length));
    }

    /// <summary>The blocks that it touches, each with the part of it that belongs here.</summary>
    public IEnumerable<(int Index, int Offset, int Length)> Blocks()
    {
        long end = Start + Length;
        for (long position = Start; position < end;)
        {
            int index = (int)(position / BlockLimits.LengthBytesMax);
            int offset = (int)(position % BlockLimits.LengthBytesMax);
            int length = (int)Math.Min(BlockLimits.LengthBytesMax - offset, end - position);
            yield return (index, offset, length);
            position += length;
        }
    }
}
