using System.Text;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Mounts.Clients;

/// <summary>
/// The client's own libraries, which containers of functions are started with (contracts/modal.md §4): one mount for each
/// version of the client, and one for each Python that its dependencies were made for.
/// </summary>
public sealed class ClientLibraries(MetadataStore store, ContentStore contents, WorkspaceId workspace)
{
    /// <summary>Clients look their mount up by this name and their version.</summary>
    public const string ClientPrefix = "modal-client-mount-";

    /// <summary>Ends with "any", or with the Python that the libraries were compiled for: "cp311".</summary>
    public const string DependencyPrefix = "modal-client-dependencies-";

    private const int FileMode = 0x1A4;
    private const int ListedMax = 1000;
    private const string Any = "any";
    private const string Startup = "/pkg/sitecustomize.py";

    private static readonly string[] Own = ["modal", "modal_proto", "modal_version", "synchronicity"];

    // At the end of the path, so that what a user has installed wins.
    private static readonly byte[] StartupProgram = """
        import sys

        for _name in ("cp%d%d" % sys.version_info[:2], "any"):
            sys.path.append("/__modal/deps/" + _name)

        """u8.ToArray();

    /// <summary>Takes libraries in: wheels, directories of them, or directories such as site-packages.</summary>
    /// <exception cref="ApplianceException">NotFound: a path. InvalidArgument: nothing of use is there.</exception>
    public async Task<IReadOnlyList<ClientMount>> AddAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        ClientFile[] files = [.. paths.SelectMany(FilesOf)];
        ClientFile[] own = [.. files.Where(file => Own.Contains(file.Package))];
        ClientFile[] others = [.. files.Where(file => !Own.Contains(file.Package))];
        List<ClientMount> made = [];
        if (own.Length > 0)
        {
            made.Add(await MakeAsync(ClientPrefix + VersionOf(own), own.Select(file => ("/pkg/" + file.Path, file.Read)), cancellation));
        }

        foreach (IGrouping<string, ClientFile> python in others
            .GroupBy(file => file.Package).SelectMany(package => PythonsOf(package).SelectMany(version => package.Select(file => (version, file))))
            .GroupBy(each => each.version, each => each.file))
        {
            made.Add(await MakeAsync(
                DependencyPrefix + python.Key,
                python.Select(file => ($"/__modal/deps/{python.Key}/{file.Path}", file.Read)).Append((Startup, () => StartupProgram)),
                cancellation));
        }

        return made.Count > 0 ? made : throw new ApplianceException(
            ErrorKind.InvalidArgument, "No Python libraries are there: name wheels, or a directory such as site-packages.");
    }

    /// <summary>What was taken in.</summary>
    public IReadOnlyList<ClientMount> List() => store.Read(read => Find(read, "modal-client-").Select(found => Describe(read, found)).ToArray());

    /// <summary>The mounts with what the client needs, whatever its version.</summary>
    public static IReadOnlyList<string> Dependencies(ReadTransaction read, WorkspaceId workspace) =>
        [.. Find(read, workspace, DependencyPrefix).Select(each => each.Id)];

    /// <summary>Versions of the client that are here.</summary>
    public static IReadOnlyList<string> Versions(ReadTransaction read, WorkspaceId workspace) =>
        [.. Find(read, workspace, ClientPrefix).Select(each => each.Name![ClientPrefix.Length..])];

    private IEnumerable<ObjectRecord> Find(ReadTransaction read, string prefix) => Find(read, workspace, prefix);

    private static ObjectRecord[] Find(ReadTransaction read, WorkspaceId workspace, string prefix) =>
        Metadata.Identity.Environments.FindDefault(read, workspace) is { } place
            ? [.. ObjectRows.List(read, place.Id, MountId.Prefix, DateTimeOffset.MaxValue, ListedMax).Where(each => each.Name!.StartsWith(prefix, StringComparison.Ordinal))]
            : [];

    private static IEnumerable<ClientFile> FilesOf(string path)
    {
        if (File.Exists(path))
        {
            return OpenWheel(path);
        }

        if (!Directory.Exists(path))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{path}' does not exist.");
        }

        string[] wheels = Directory.GetFiles(path, "*.whl");
        return wheels.Length > 0 ? wheels.SelectMany(OpenWheel) : ClientFile.OfDirectory(path);
    }

    private static IEnumerable<ClientFile> OpenWheel(string path)
    {
        try
        {
            return ClientFile.OfWheel(path);
        }
        catch (InvalidDataException broken)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{path}' is no wheel, or it is damaged: download it again. {broken.Message}", broken);
        }
    }

    /// <summary>Compiled libraries say in their names what they were compiled for.</summary>
    private static string[] PythonsOf(IEnumerable<ClientFile> package)
    {
        string[] found = [.. package.Select(file => CompiledFor(file.Path)).OfType<string>().Distinct()];
        return found.Length > 0 ? found : [Any];
    }

    private static string? CompiledFor(string path)
    {
        const string Mark = ".cpython-";
        int at = path.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0 || !path.EndsWith(".so", StringComparison.Ordinal))
        {
            return null;
        }

        string rest = path[(at + Mark.Length)..];
        return "cp" + rest[..rest.AsSpan().IndexOfAnyExceptInRange('0', '9')];
    }

    private static string VersionOf(IReadOnlyList<ClientFile> own)
    {
        ClientFile? file = own.FirstOrDefault(each => each.Path is "modal_version/__init__.py");
        string text = file is null ? "" : Encoding.UTF8.GetString(file.Read());
        const string Mark = "__version__ = \"";
        int at = text.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0
            ? throw new ApplianceException(ErrorKind.InvalidArgument, "The client's version is not told: its package 'modal_version' must be among the libraries.")
            : text[(at + Mark.Length)..text.IndexOf('"', at + Mark.Length)];
    }

    private async Task<ClientMount> MakeAsync(string name, IEnumerable<(string Path, Func<byte[]> Read)> files, CancellationToken cancellation)
    {
        List<MountFile> taken = [];
        List<ContentLease> leases = [];
        try
        {
            foreach ((string path, Func<byte[]> read) in files.DistinctBy(file => file.Path))
            {
                byte[] bytes = read();
                Digest whole = Digest.Of(bytes);
                leases.Add(await contents.Importer.ImportAsync(bytes, whole, cancellation));
                taken.Add(new MountFile(MountDirectory.CheckPath(path), FileMode, whole, leases[^1].Content));
            }

            return await store.WriteAsync(
                write =>
                {
                    var caller = new Caller(workspace, TokenId.FromText(""), "appliance client add");
                    if (ObjectDirectory.Find<MountId>(write, caller, "", name) is { } present)
                    {
                        // Its id stays: functions name it.
                        MountDirectory.Replace(write, present, taken);
                        return Describe(write, present);
                    }

                    ObjectRecord record = ObjectDirectory.Create<MountId>(write, caller, new ObjectRequest(name, "", CreationMode.CreateNew));
                    MountDirectory.Create(write, record, taken);
                    return Describe(write, record);
                },
                cancellation);
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }

    private static ClientMount Describe(ReadTransaction read, ObjectRecord record)
    {
        (long files, long bytes) = Metadata.Mounts.MountRows.FindSize(read, record.Id);
        return new ClientMount(record.Name!, files, bytes, record.CreatedAt);
    }
}

/// <summary>A mount with libraries.</summary>
/// <param name="Name">Of the mount; it ends with the client's version, or with the Python that it is for.</param>
/// <param name="Files">How many.</param>
/// <param name="Bytes">Together.</param>
/// <param name="AddedAt">When.</param>
public sealed record ClientMount(string Name, long Files, long Bytes, DateTimeOffset AddedAt);
