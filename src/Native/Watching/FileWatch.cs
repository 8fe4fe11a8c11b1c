namespace Appliance.Native.Watching;

/// <summary>One reader's interest in a file.</summary>
public sealed class FileWatch : IDisposable
{
    private readonly FileGrowth growth;
    private readonly int id;
    private bool isReleased;

    internal FileWatch(FileGrowth growth, int id)
    {
        this.growth = growth;
        this.id = id;
    }

    /// <summary>Ends with the next write. Take it before you look at the file, else a write in between goes unnoticed.</summary>
    public Task NextChange() => growth.NextChange(id);

    public void Dispose()
    {
        if (!isReleased)
        {
            isReleased = true;
            growth.Release(id);
        }
    }
}
