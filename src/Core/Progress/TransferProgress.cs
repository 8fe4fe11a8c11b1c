namespace Appliance.Core.Progress;

/// <summary>How far a transfer is. Written by the transfer, read by whoever shows it.</summary>
public sealed class TransferProgress
{
    private const int WarningsMax = 20;

    private readonly Lock gate = new();
    private readonly List<string> warnings = [];
    private long files;
    private long bytes;
    private long skipped;
    private long total;

    /// <summary>Files that are done.</summary>
    public long Files => Interlocked.Read(ref files);

    /// <summary>Their lengths.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>How many bytes there will be; 0 while nobody knows.</summary>
    public long TotalBytes => Interlocked.Read(ref total);

    /// <summary>How many entries were left out.</summary>
    public long Skipped => Interlocked.Read(ref skipped);

    /// <summary>Which entries were left out and why; the first ones.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (gate)
            {
                return [.. warnings];
            }
        }
    }

    public void AddFile(long lengthBytes)
    {
        Interlocked.Increment(ref files);
        Interlocked.Add(ref bytes, lengthBytes);
    }

    /// <summary>So many bytes more.</summary>
    public void AddBytes(long count) => Interlocked.Add(ref bytes, count);

    /// <summary>So many bytes are still to come.</summary>
    public void AddTotal(long count) => Interlocked.Add(ref total, count);

    /// <summary>Takes over what a transfer elsewhere tells of itself.</summary>
    public void Set(long fileCount, long byteCount, long totalBytes)
    {
        Interlocked.Exchange(ref total, totalBytes);
        Interlocked.Exchange(ref files, fileCount);
        Interlocked.Exchange(ref bytes, byteCount);
    }

    public void Skip(string warning)
    {
        Interlocked.Increment(ref skipped);
        lock (gate)
        {
            if (warnings.Count < WarningsMax)
            {
                warnings.Add(warning);
            }
        }
    }
}
