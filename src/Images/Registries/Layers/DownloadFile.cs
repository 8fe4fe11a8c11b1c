using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Registries.Layers;

/// <summary>
/// Where a layer's archive is written. What is there of it when a pull ends early may be kept, so that a later one goes on
/// with it, after a restart, too. Its digest tells at last whether it was of use.
/// </summary>
internal sealed class DownloadFile : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private readonly string path;

    private DownloadFile(string path, SafeFileHandle handle)
    {
        this.path = path;
        Handle = handle;
        HeldBytes = RandomAccess.GetLength(handle);
    }

    public SafeFileHandle Handle { get; }

    /// <summary>How much of it an earlier pull left.</summary>
    public long HeldBytes { get; }

    /// <summary>Whether it outlives this.</summary>
    public bool IsKept { get; set; }

    /// <summary>Opens what there is of a layer, unless another pull writes it just now.</summary>
    public static DownloadFile Open(string directory, RemoteLayer layer)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(directory, layer.Digest.Split(':')[^1]);
        try
        {
            return Open(path, FileMode.OpenOrCreate);
        }
        catch (IOException) when (File.Exists(path))
        {
            return Open($"{path}-{Guid.NewGuid():n}", FileMode.CreateNew);
        }
    }

    /// <summary>Removes what nobody came back for.</summary>
    public static void Sweep(string directory, DateTimeOffset now)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles())
        {
            // One with a further name belonged to a second pull and is found by none.
            if (file.LastWriteTimeUtc < now - KeptFor || file.Name.Contains('-', StringComparison.Ordinal))
            {
                file.Delete();
            }
        }
    }

    public void Dispose()
    {
        if (!IsKept)
        {
            File.Delete(path);
        }

        Handle.Dispose();
    }

    // Locked as long as it is open.
    private static DownloadFile Open(string path, FileMode mode) => new(path, File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.None));
}
