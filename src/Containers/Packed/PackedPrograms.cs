using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Containers.Packed;

/// <summary>
/// The shim and runc that Debian builds, packed in this executable for machines that have none of their own. The build
/// packs them (<c>Packed.targets</c>).
/// </summary>
public static class PackedPrograms
{
    public const string Shim = "containerd-shim-runc-v2";
    public const string Runc = "runc";

    private const int VersionLength = 12;
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Lock Unpacking = new();

    /// <summary>Where they are, or would be, below a directory. Each version has a folder of its own: running shims go on using theirs.</summary>
    public static string FolderIn(string directory) =>
        Path.Combine(directory, Digest.Of(Read("list")).ToString()[..VersionLength]);

    /// <summary>Whether they are there already, whole.</summary>
    public static bool AreUnpacked(string directory) => Array.TrueForAll(List(), program => IsWhole(program, FolderIn(directory)));

    /// <summary>Writes what is missing or damaged below the directory.</summary>
    /// <returns>The folder that holds the programs of this version.</returns>
    /// <exception cref="ApplianceException">FailedPrecondition: they cannot be written there. DataLoss: this executable is damaged.</exception>
    public static string EnsureUnpacked(string directory)
    {
        string folder = FolderIn(directory);
        try
        {
            lock (Unpacking)
            {
                if (!AreUnpacked(directory))
                {
                    Unpack(folder);
                }
            }

            return folder;
        }
        catch (InvalidDataException cause)
        {
            throw new ApplianceException(ErrorKind.DataLoss, $"This executable is damaged, copy it anew. What is packed in it cannot be unpacked: {cause.Message}", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"The programs that run containers cannot be unpacked to '{folder}': {cause.Message} Mend that, or install the packages 'containerd' and 'runc'.",
                cause);
        }
    }

    // Beside the managed heap, which would keep the room long after this is over.
    private static unsafe void Unpack(string folder)
    {
        PackedProgram[] programs = List();
        int length = programs.Sum(program => program.Length);
        void* memory = NativeMemory.Alloc((nuint)length);
        try
        {
            var content = new Span<byte>(memory, length);
            LzmaDecoder.Decode(Read("packed"), content);
            if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            {
                CallTargets.Restore(content);
            }

            WriteAll(programs, content, folder);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static void WriteAll(PackedProgram[] programs, ReadOnlySpan<byte> content, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (PackedProgram program in programs)
        {
            ReadOnlySpan<byte> bytes = content[..program.Length];
            content = content[program.Length..];
            if (Digest.Of(bytes) != program.Digest)
            {
                throw new InvalidDataException($"'{program.Name}' is not what was packed.");
            }

            if (!IsWhole(program, folder))
            {
                Write(Path.Combine(folder, program.Name), bytes);
            }
        }

        DirectorySync.Flush(folder);
    }

    /// <summary>A container may be starting with what is there: it is replaced, not changed.</summary>
    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        // Always the same name, so that nothing piles up where a kill cut this short; only one process has it open.
        string temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            File.SetUnixFileMode(file.SafeFileHandle, Executable);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static bool IsWhole(PackedProgram program, string folder)
    {
        var file = new FileInfo(Path.Combine(folder, program.Name));
        if (!file.Exists || file.Length != program.Length || file.UnixFileMode != Executable)
        {
            return false;
        }

        using FileStream content = file.OpenRead();
        return Digest.FromBytes(SHA256.HashData(content)) == program.Digest;
    }

    private static PackedProgram[] List() =>
        [.. Encoding.ASCII.GetString(Read("list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(PackedProgram.Parse)];

    /// <summary>Where it lies in this executable, without a copy.</summary>
    private static unsafe ReadOnlySpan<byte> Read(string name)
    {
        using var resource = (UnmanagedMemoryStream)typeof(PackedPrograms).Assembly.GetManifestResourceStream($"programs/{name}")!;
        return new ReadOnlySpan<byte>(resource.PositionPointer, (int)resource.Length);
    }
}
