using System.IO.Pipelines;
using Appliance.Cli.Output;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Native.Files;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.Transfers.Archives;

namespace Appliance.Cli.Volumes;

/// <summary>Where an export goes. Under its own name a target is whole, or not there.</summary>
internal sealed class ExportTarget
{
    private const string PartSuffix = ".part";

    private readonly bool isArchive;

    private ExportTarget(string name, bool isOutput, bool isArchive)
    {
        Name = name;
        IsOutput = isOutput;
        this.isArchive = isArchive;
    }

    public string Name { get; }

    /// <summary>Whether it is standard output, where nothing else may be printed.</summary>
    public bool IsOutput { get; }

    /// <exception cref="ApplianceException">AlreadyExists: something is there. NotFound: the directory above is not.</exception>
    public static ExportTarget Of(string name)
    {
        if (name == "-")
        {
            return new ExportTarget(name, isOutput: true, isArchive: true);
        }

        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(name));
        if (!Directory.Exists(Path.GetDirectoryName(path) ?? path))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"The directory of '{name}' does not exist.");
        }

        bool isArchive = !Directory.Exists(path) && ArchivePacking.IsArchiveName(path);
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new ApplianceException(ErrorKind.AlreadyExists, $"'{name}' exists already{(File.Exists(path) ? "" : " and is not empty")}: choose another target, or remove it.");
        }

        return new ExportTarget(path, isOutput: false, isArchive);
    }

    /// <summary>A file, whatever it is called.</summary>
    /// <exception cref="ApplianceException">AlreadyExists: something is there. NotFound: the directory above is not.</exception>
    public static ExportTarget OfFile(string name) => Directory.Exists(name)
        ? throw new ApplianceException(ErrorKind.AlreadyExists, $"'{name}' is a directory: name a file.")
        : Of(Path.GetFullPath(name));

    /// <param name="export">Writes a plain tar archive.</param>
    /// <param name="cancellation">Leaves nothing under the target's name.</param>
    public Task WriteAsync(Func<Stream, CancellationToken, Task> export, CancellationToken cancellation) => ReportAsync(async () =>
    {
        if (IsOutput)
        {
            await using Stream output = Terminal.OpenOutput();
            await export(output, cancellation);
        }
        else if (isArchive)
        {
            await WriteFileAsync(file => WritePackedAsync(export, file, cancellation));
        }
        else
        {
            await WriteDirectoryAsync(export, cancellation);
        }
    });

    /// <param name="write">Writes the file, which can seek.</param>
    public Task WriteWholeAsync(Func<Stream, Task> write) => ReportAsync(() => WriteFileAsync(write));

    private async Task ReportAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (IOException failure) when (failure.HResult is PosixFile.NoSpaceLeft or PosixFile.QuotaExceeded)
        {
            throw new ApplianceException(ErrorKind.ResourceExhausted, $"The disk of '{Name}' is full.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{Name}' cannot be written: {failure.Message}", failure);
        }
    }

    private async Task WritePackedAsync(Func<Stream, CancellationToken, Task> export, Stream file, CancellationToken cancellation)
    {
        await using Stream packed = ArchivePacking.Pack(Name, file);
        await export(packed, cancellation);
    }

    private async Task WriteFileAsync(Func<Stream, Task> write)
    {
        string part = Name + PartSuffix;
        try
        {
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(part, Name);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private async Task WriteDirectoryAsync(Func<Stream, CancellationToken, Task> export, CancellationToken cancellation)
    {
        bool wasThere = Directory.Exists(Name);
        string place = wasThere ? Name : $"{Name}{PartSuffix}-{Guid.NewGuid():n}";
        Directory.CreateDirectory(place);
        try
        {
            await ExtractAsync(export, place, cancellation);
            if (!wasThere)
            {
                Directory.Move(place, Name);
            }
        }
        catch when (!wasThere)
        {
            Directory.Delete(place, recursive: true);
            throw;
        }
    }

    private static async Task ExtractAsync(Func<Stream, CancellationToken, Task> export, string place, CancellationToken cancellation)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 * 1024 * 1024, resumeWriterThreshold: 1024 * 1024));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task reading = ReadAsync(pipe.Reader, place, stop);
        try
        {
            await using Stream target = pipe.Writer.AsStream(leaveOpen: true);
            await export(target, stop.Token);
            await pipe.Writer.CompleteAsync();
        }
        catch (Exception failure)
        {
            // What the reader of the archive found is the cause when it was first: it ended the export.
            await pipe.Writer.CompleteAsync(failure);
            await reading;
            throw;
        }

        await reading;
    }

    private static async Task ReadAsync(PipeReader reader, string place, CancellationTokenSource stop)
    {
        Exception? cause = null;
        try
        {
            await using Stream archive = reader.AsStream(leaveOpen: true);
            await new DirectoryWriter(place).WriteAsync(new ArchiveSource(archive), new TransferProgress(), stop.Token);
        }
        catch (Exception failure)
        {
            cause = failure;
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            await reader.CompleteAsync(cause);
        }
    }
}
