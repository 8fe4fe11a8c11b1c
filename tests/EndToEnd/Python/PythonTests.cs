using System.IO.Compression;
using System.Text;

namespace Appliance.Tests.EndToEnd.Python;

/// <summary>The published executable with an image that has Python, and packages of its own.</summary>
public sealed class PythonTests
{
    private static readonly string Scripts =
        Path.Combine(Path.GetDirectoryName(PublishedAppliance.ExecutablePath)!, "..", "..", "tests", "Interop");

    [PythonFact]
    public async Task Packages_ThroughTheRealClient_AreInstalledWithoutANetwork()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path, "--stop-containers");
        (await ProgramRun.ApplianceAsync("image", "import", PythonFactAttribute.ImagePath, "--tag", "python:3.11", "--data", data.Path)).ShouldSucceed();
        (await ProgramRun.ApplianceAsync("wheels", "add", WriteWheel(data.Path), "--data", data.Path)).ShouldSucceed();

        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-python.mjs"], server.Environment, Scripts);

        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
        (int status, string log) = await server.StopAsync();
        Assert.True(status == 0, log);
        Assert.DoesNotContain(" error ", log);
    }

    private static string WriteWheel(string directory)
    {
        string path = Path.Combine(directory, "greeting-1.0-py3-none-any.whl");
        using var file = new FileStream(path, FileMode.Create);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        Add(archive, "greeting.py", "def hello(name):\n    return f'hello, {name}'\n");
        Add(archive, "greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n");
        Add(archive, "greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Add(archive, "greeting-1.0.dist-info/RECORD", "greeting.py,,\ngreeting-1.0.dist-info/METADATA,,\ngreeting-1.0.dist-info/WHEEL,,\ngreeting-1.0.dist-info/RECORD,,\n");
        return path;
    }

    private static void Add(ZipArchive archive, string name, string content)
    {
        using Stream target = archive.CreateEntry(name).Open();
        target.Write(Encoding.UTF8.GetBytes(content));
    }
}
