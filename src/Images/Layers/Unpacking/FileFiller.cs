using Appliance.Images.Archives;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>Writes an entry's data to its file. Stretches of zeros become holes: they cost no room and no time.</summary>
internal sealed class FileFiller(DiskRoom room)
{
    private const int ChunkBytes = 256 * 1024;
    private const int HoleBytes = 4096;
    private const long WritebackBytes = 8 << 20;

    private readonly byte[] chunk = new byte[ChunkBytes];

    public async ValueTask FillAsync(TarReader reader, TarEntry entry, SafeFileHandle file, CancellationToken cancellation)
    {
        long end = 0;
        long unwritten = 0;
        foreach (TarPiece piece in entry.Pieces ?? [new TarPiece(0, entry.SizeBytes)])
        {
            for (long done = 0; done < piece.LengthBytes;)
            {
                int length = await TakeAsync(reader, piece.LengthBytes - done, cancellation).ConfigureAwait(false);
                if (chunk.AsSpan(0, length).ContainsAnyExcept((byte)0) || length < HoleBytes)
                {
                    RandomAccess.Write(file, chunk.AsSpan(0, length), piece.Offset + done);
                    end = piece.Offset + done + length;
                    room.Added(length);
                    unwritten += length;
                }

                done += length;
            }

            if (unwritten >= WritebackBytes)
            {
                PosixFile.StartWriteback(file);
                unwritten = 0;
            }
        }

        if (end < entry.SizeBytes)
        {
            RandomAccess.SetLength(file, entry.SizeBytes);
        }
    }

    private async ValueTask<int> TakeAsync(TarReader reader, long wanted, CancellationToken cancellation)
    {
        int length = 0;
        int target = (int)Math.Min(wanted, ChunkBytes);
        while (length < target)
        {
            length += await reader.ReadDataAsync(chunk.AsMemory(length, target - length), cancellation).ConfigureAwait(false);
        }

        return length;
    }
}
