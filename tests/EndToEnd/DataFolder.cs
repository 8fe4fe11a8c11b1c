namespace Appliance.Tests.EndToEnd;

/// <summary>A data directory of one test's own.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("appliance-test-");

    public string Path => directory.FullName;

    public void Dispose() => directory.Delete(recursive: true);
}
