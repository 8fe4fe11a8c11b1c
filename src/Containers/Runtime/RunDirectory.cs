using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Containers.Runtime;

/// <summary>
/// What exists only while containers run: bundles, sockets, mounts. It lies in memory, so that a machine that boots
/// begins without it; paths are short because a socket's may have 107 bytes.
/// </summary>
public sealed class RunDirectory
{
    public const string DefaultParent = "/run/appliance";

    private const int NameLength = 12;
    private const string NoteName = "data";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private RunDirectory(string path, string instance, string? dataDirectory, bool isElsewhere = false)
    {
        Root = path;
        Instance = instance;
        DataDirectory = dataDirectory;
        IsElsewhere = isElsewhere;
    }

    /// <summary>Whose it is; null where that was not noted.</summary>
    public string? DataDirectory { get; }

    /// <summary>Whether it was made by a process with another root directory, to which paths mean something else.</summary>
    public bool IsElsewhere { get; }

    /// <summary>Tells several appliances on one machine apart; made from the data directory's path.</summary>
    public string Instance { get; }

    public string Root { get; }

    public string EventSocket => Path.Combine(Root, "events.sock");

    public string Bundles => Path.Combine(Root, "bundles");

    /// <summary>
    /// What shims call, and what the executable carries: on the disk, unless the data directory is gone already, because many
    /// machines mount /run so that nothing in it can be executed.
    /// </summary>
    public string Programs => Path.Combine(Directory.Exists(DataDirectory) ? DataDirectory : Root, "programs");

    public string RuntimeState => Path.Combine(Root, "runtime");

    /// <summary>The one of a data directory; it need not exist yet.</summary>
    public static RunDirectory Of(string dataDirectory, string parent = DefaultParent)
    {
        string instance = NameOf(dataDirectory);
        return new RunDirectory(Path.Combine(parent, instance), instance, Path.GetFullPath(dataDirectory));
    }

    /// <summary>All of the machine, whoever made them.</summary>
    public static IReadOnlyList<RunDirectory> List(string parent = DefaultParent) => !Directory.Exists(parent) ? [] :
    [
        .. Directory.GetDirectories(parent)
            .Where(path => IsInstance(Path.GetFileName(path)))
            .Select(Read),
    ];

    /// <summary>Whether it is a name as instances have them.</summary>
    public static bool IsInstance(string name) => name.Length == NameLength && name.All(char.IsAsciiHexDigitLower);

    /// <exception cref="ApplianceException">FailedPrecondition: this user may not.</exception>
    public void Ensure()
    {
        try
        {
            Directory.CreateDirectory(Root, OwnerOnly);
            Directory.CreateDirectory(Bundles, OwnerOnly);
            Directory.CreateDirectory(RuntimeState, OwnerOnly);
            WriteNote();
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"Containers need root: '{Root}' cannot be made. Run the appliance as root, as 'appliance install' sets it up.", cause);
        }
    }

    private static string NameOf(string dataDirectory)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataDirectory)));
        return Convert.ToHexStringLower(digest)[..NameLength];
    }

    private void WriteNote()
    {
        string note = Path.Combine(Root, NoteName);
        if (!File.Exists(note))
        {
            // Half of a path would name another directory.
            string written = $"{note}.{Guid.NewGuid():N}";
            File.WriteAllText(written, $"{OwnRoot}\n{DataDirectory}");
            File.Move(written, note, overwrite: true);
        }
    }

    /// <summary>Tells this process's root directory from that of a container or a changed root.</summary>
    private static ulong OwnRoot => FileStatus.Find("/")!.Value.Inode;

    private static RunDirectory Read(string path)
    {
        string[] note = ReadNote(path).Split('\n', 2);
        string name = Path.GetFileName(path);
        return note is [string root, { Length: > 0 } data] && NameOf(data) == name
            ? new RunDirectory(path, name, data, isElsewhere: root != $"{OwnRoot}")
            : new RunDirectory(path, name, null);
    }

    private static string ReadNote(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, NoteName));
        }
        catch (IOException)
        {
            // An older version noted nothing, or somebody else removes it just now.
            return "";
        }
    }

    /// <summary>Bundles of containers and waiting shims, of this process or an earlier one.</summary>
    public IReadOnlyList<string> ListBundles() => Directory.Exists(Bundles) ? Directory.GetDirectories(Bundles) : [];
}
