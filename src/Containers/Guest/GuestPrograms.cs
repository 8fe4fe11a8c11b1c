using Appliance.Core.Digests;
using Appliance.Native.Files;

namespace Appliance.Containers.Guest;

/// <summary>
/// The programs that every container finds at <see cref="MountPoint"/>, whatever its image holds, one that shims call, and
/// those of the self-test's own image: static executables that this one carries. Their sources are in <c>src/Guest</c>.
/// </summary>
public static class GuestPrograms
{
    public const string MountPoint = "/__modal/.bin";

    /// <summary>Process 1: <c>init -- ARGV</c>, or nothing after it to idle; <c>init --exec -- ARGV</c> becomes ARGV.</summary>
    public const string Init = "init";

    /// <summary>The file-system API of sandboxes: one command as JSON.</summary>
    public const string FileTools = "modal-sandbox-fs-tools";

    /// <summary>Starts created containers in the place of runc; on the machine, not in containers.</summary>
    public const string RuncStart = "runc-start";

    /// <summary>What the self-test's own image holds; not mounted into containers.</summary>
    public const string SelfTest = "self-test";

    /// <summary>What stands in that image where functions start the client's program; not mounted into containers either.</summary>
    public const string Peer = "peer";

    /// <summary>Those that every container finds.</summary>
    public static readonly IReadOnlyList<string> Names = [Init, FileTools];

    private const UnixFileMode ForEveryone =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Writes what is missing below the directory; returns the folder that holds the programs of this version.</summary>
    /// <remarks>The folders of other versions stay: containers that were started with them still use them.</remarks>
    public static string EnsureUnpacked(string directory)
    {
        Dictionary<string, byte[]> programs = Names.ToDictionary(name => name, Read);
        string folder = Path.Combine(directory, "guest", VersionOf(programs.Values));
        foreach ((string name, byte[] content) in programs)
        {
            string path = Path.Combine(folder, name);
            // A power cut may leave a file empty.
            if (!File.Exists(path) || new FileInfo(path).Length != content.Length)
            {
                Write(path, content);
            }
        }

        return folder;
    }

    /// <summary>Writes one of them to a file that every user may run.</summary>
    public static void Unpack(string name, string path) => Write(path, Read(name));

    private static byte[] Read(string name)
    {
        using Stream resource = typeof(GuestPrograms).Assembly.GetManifestResourceStream($"guest/{name}")!;
        byte[] content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    private static string VersionOf(IEnumerable<byte[]> contents) =>
        Digest.Of([.. contents.SelectMany(content => Digest.Of(content).ToArray())]).ToString();

    // Several servers may do this at once, and a container may be starting what is there.
    private static void Write(string path, byte[] content)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, ForEveryone);

        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(content);
            File.SetUnixFileMode(file.SafeFileHandle, ForEveryone);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(folder);
    }
}
