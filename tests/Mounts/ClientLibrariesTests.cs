using System.IO.Compression;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Mounts;
using Appliance.Metadata.Objects;
using Appliance.Mounts.Clients;
using Appliance.Objects;
using Appliance.Tests.Volumes;

namespace Appliance.Tests.Mounts;

public sealed class ClientLibrariesTests : IAsyncLifetime
{
    private readonly string source = Directory.CreateTempSubdirectory("client-").FullName;
    private VolumeRig rig = null!;
    private ClientLibraries libraries = null!;

    public async Task InitializeAsync()
    {
        rig = await VolumeRig.OpenAsync();
        libraries = new ClientLibraries(rig.Store, rig.Contents, rig.Caller.WorkspaceId);
    }

    public async Task DisposeAsync()
    {
        await rig.DisposeAsync();
        Directory.Delete(source, recursive: true);
    }

    [Fact]
    public async Task AWheelOfTheClient_BecomesTheMountOfItsVersion()
    {
        WriteWheel("modal-1.2.3-py3-none-any.whl",
            ("modal/__init__.py", ""), ("modal/_utils/time.py", ""), ("modal_proto/api_pb2.py", ""), ("modal_version/__init__.py", Version("1.2.3")),
            ("modal-1.2.3.dist-info/METADATA", "Name: modal"), ("modal/__pycache__/x.cpython-311.pyc", ""));

        IReadOnlyList<ClientMount> made = await libraries.AddAsync([source], default);

        Assert.Equal(["modal-client-mount-1.2.3", "modal-client-dependencies-any"], made.Select(each => each.Name));
        Assert.Equal(
            ["/pkg/modal/__init__.py", "/pkg/modal/_utils/time.py", "/pkg/modal_proto/api_pb2.py", "/pkg/modal_version/__init__.py"],
            Files("modal-client-mount-1.2.3"));
        Assert.Equal(["1.2.3"], rig.Store.Read(read => ClientLibraries.Versions(read, rig.Caller.WorkspaceId)));
    }

    [Fact]
    public async Task Dependencies_GoToThePythonsThatTheyWereCompiledFor()
    {
        WriteWheel("grpclib-0.4.8.whl", ("grpclib/client.py", ""));
        WriteWheel("multidict-6-cp311.whl", ("multidict/__init__.py", ""), ("multidict/_multidict.cpython-311-x86_64-linux-gnu.so", "elf"));
        WriteWheel("attrs-1.data.whl", ("attrs-1.data/purelib/attr/__init__.py", ""));

        IReadOnlyList<ClientMount> made = await libraries.AddAsync([source], default);

        Assert.Equal(["modal-client-dependencies-any", "modal-client-dependencies-cp311"], made.Select(each => each.Name).Order());
        Assert.Equal(["/__modal/deps/any/attr/__init__.py", "/__modal/deps/any/grpclib/client.py", "/pkg/sitecustomize.py"], Files("modal-client-dependencies-any"));
        Assert.Equal(
            ["/__modal/deps/cp311/multidict/__init__.py", "/__modal/deps/cp311/multidict/_multidict.cpython-311-x86_64-linux-gnu.so", "/pkg/sitecustomize.py"],
            Files("modal-client-dependencies-cp311"));
        Assert.Equal(2, rig.Store.Read(read => ClientLibraries.Dependencies(read, rig.Caller.WorkspaceId)).Count);
    }

    [Fact]
    public async Task ADirectory_IsTakenWithoutTheToolsThatLieBesideLibraries()
    {
        foreach (string file in new[] { "h2/config.py", "pip/main.py", "setuptools-1.dist-info/METADATA", "h2/__pycache__/a.pyc", "x.pth", ".hidden/a.py", "one.py" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(source, file))!);
            File.WriteAllText(Path.Combine(source, file), file);
        }

        await libraries.AddAsync([source], default);

        Assert.Equal(["/__modal/deps/any/h2/config.py", "/__modal/deps/any/one.py", "/pkg/sitecustomize.py"], Files("modal-client-dependencies-any"));
    }

    [Fact]
    public async Task LibrariesAddedAgain_ReplaceThoseOfTheirVersion_AndKeepTheId()
    {
        string wheel = WriteWheel("modal-1.whl", ("modal/__init__.py", ""), ("modal/old.py", "old"), ("modal_version/__init__.py", Version("1")));
        await libraries.AddAsync([wheel], default);
        string id = Find("modal-client-mount-1").Id;
        WriteWheel("modal-1.whl", ("modal/__init__.py", "new"), ("modal_version/__init__.py", Version("1")));

        await libraries.AddAsync([wheel], default);
        await libraries.AddAsync([WriteWheel("modal-2.whl", ("modal_version/__init__.py", Version("2")))], default);

        Assert.Equal(id, Find("modal-client-mount-1").Id);
        Assert.Equal(["/pkg/modal/__init__.py", "/pkg/modal_version/__init__.py"], Files("modal-client-mount-1"));
        Assert.Equal(["modal-client-mount-1", "modal-client-mount-2"], libraries.List().Select(each => each.Name).Order());
        Assert.All(libraries.List(), each => Assert.InRange(each.Bytes, 1, 1000));
    }

    [Fact]
    public async Task WhatIsOfNoUse_IsRefused_WithWhatIsMissing()
    {
        await ExpectAsync(ErrorKind.NotFound, Path.Combine(source, "none"), "does not exist");
        await ExpectAsync(ErrorKind.InvalidArgument, source, "No Python libraries are there");
        await ExpectAsync(ErrorKind.InvalidArgument, WriteWheel("modal-3.whl", ("modal/__init__.py", "")), "modal_version");
        string broken = Path.Combine(source, "broken.whl");
        await File.WriteAllTextAsync(broken, "no archive");
        await ExpectAsync(ErrorKind.InvalidArgument, broken, "broken.whl");
        Assert.Empty(libraries.List());
    }

    private static string Version(string version) => $"\"\"\"Supplies the version.\"\"\"\n__version__ = \"{version}\"\n";

    private async Task ExpectAsync(ErrorKind kind, string path, string words)
    {
        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => libraries.AddAsync([path], default));
        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private ObjectRecord Find(string name) => rig.Store.Read(read => ObjectDirectory.Find<MountId>(read, rig.Caller, "", name))!;

    private string[] Files(string name)
    {
        string id = Find(name).Id;
        return [.. rig.Store.Read(read => MountRows.ListFiles(read, id, "", 1000)).Select(file => file.Path).Order(StringComparer.Ordinal)];
    }

    private string WriteWheel(string name, params (string Path, string Text)[] files)
    {
        string path = Path.Combine(source, name);
        using var file = new FileStream(path, FileMode.Create);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        foreach ((string entry, string text) in files)
        {
            using Stream target = archive.CreateEntry(entry).Open();
            target.Write(Encoding.UTF8.GetBytes(text));
        }

        return path;
    }
}
