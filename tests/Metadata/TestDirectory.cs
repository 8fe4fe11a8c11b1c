using System.Diagnostics;
using Appliance.Metadata;

namespace Appliance.Tests.Metadata;

/// <summary>A data directory of one test, removed at its end.</summary>
public sealed class TestDirectory : IDisposable
{
    public TestDirectory() => Path = Directory.CreateTempSubdirectory("appliance-metadata-").FullName;

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, MetadataStore.FileName);

    public Task<MetadataStore> OpenAsync(MetadataSettings? settings = null) =>
        MetadataStore.OpenAsync(Path, TimeProvider.System, settings);

    /// <summary>
    /// Copies the files as a crash at this instant would leave them; the writer must stand still. A child does it:
    /// closing a database file in this process would drop the locks that SQLite holds on it.
    /// </summary>
    public TestDirectory CopyAsCrashed()
    {
        var copy = new TestDirectory();
        Run("cp", "-r", Path + "/.", copy.Path);
        File.Delete(copy.Database + "-shm");
        return copy;
    }

    public static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
