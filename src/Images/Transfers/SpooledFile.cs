using Appliance.Core.Errors;
using Appliance.Images.Layers;
using Appliance.Native.Files;

namespace Appliance.Images.Transfers;

/// <summary>A temporary file, gone when it is disposed.</summary>
internal sealed class SpooledFile : IDisposable
{
    private const int ChunkBytes = 1024 * 1024;

    public SpooledFile(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Path = System.IO.Path.Combine(directory, Guid.NewGuid().ToString("n"));
    }

    public string Path { get; }

    /// <summary>Removes what an earlier run left.</summary>
    public static void Sweep(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <exception cref="ApplianceException">ResourceExhausted: the disk. InvalidArgument: what is packed is damaged.</exception>
    public async Task FillAsync(Stream source, DiskRoom room, CancellationToken cancellation)
    {
        try
        {
            long written = 0;
            await using var file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            byte[] chunk = new byte[ChunkBytes];
            room.Ensure();
            int length;
            while ((length = await source.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
            {
                RandomAccess.Write(file.SafeFileHandle, chunk.AsSpan(0, length), written);
                written += length;
                room.Added(length);
            }
        }
        catch (InvalidDataException fault)
        {
            throw Archives.ArchiveFault.At(0, fault.Message.TrimEnd('.'), fault);
        }
        catch (IOException failure) when (failure.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded)
        {
            throw new ApplianceException(
                ErrorKind.ResourceExhausted, "The disk is full: the archive could not be kept while it is read. 'appliance system prune' gives back what is of no use.", failure);
        }
    }

    public void Dispose() => File.Delete(Path);
}
