namespace Appliance.Admin.Doctor.Probing;

/// <summary>A folder to try things in: in the data directory if that can be written, so that its disk is tried.</summary>
public sealed class ScratchFolder : IDisposable
{
    private ScratchFolder(string path) => Path = path;

    public string Path { get; }

    public static ScratchFolder Create(string dataDirectory)
    {
        string name = $".doctor-{Environment.ProcessId}-{Guid.NewGuid():n}";
        try
        {
            if (Directory.Exists(dataDirectory))
            {
                return new ScratchFolder(Directory.CreateDirectory(System.IO.Path.Combine(dataDirectory, name)).FullName);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // The disk space check tells about it; here another disk is better than no answer.
        }

        return new ScratchFolder(Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), name)).FullName);
    }

    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
