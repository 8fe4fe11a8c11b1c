namespace Appliance.Tests.Metadata;

/// <summary>A tmpfs of a fixed size, mounted for one test.</summary>
public sealed class TestMount : IDisposable
{
    private readonly TestDirectory directory = new();

    public TestMount(int sizeKib)
    {
        try
        {
            TestDirectory.Run("mount", "-t", "tmpfs", "-o", $"size={sizeKib}k", "appliance-test", Path);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public string Path => directory.Path;

    public void MakeReadOnly() => TestDirectory.Run("mount", "-o", "remount,ro", Path);

    public void Dispose()
    {
        TestDirectory.Run("umount", "-l", Path);
        directory.Dispose();
    }
}
