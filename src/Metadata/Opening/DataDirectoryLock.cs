using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Metadata.Opening;

/// <summary>
/// Keeps a second server off the data directory and remembers how the last one ended: the file names the holder's
/// process while it runs, and reads "clean" only after an orderly stop.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "LOCK";
    private const string Clean = "clean\n";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileLock file;

    private DataDirectoryLock(string directory, FileLock file)
    {
        this.file = file;
        // A directory whose lock file is missing counts as unclean too: it may have been copied from a running server.
        WasStoppedCleanly = file.ReadText() == Clean;
        // What containers wrote and what volumes hold is nobody else's business on the machine.
        File.SetUnixFileMode(directory, OwnerOnly);
        file.WriteText(string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId}\n"));
    }

    public bool WasStoppedCleanly { get; }

    /// <exception cref="ApplianceException">Unavailable: another process uses the directory.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        string path = Path.Combine(directory, FileName);
        FileLock file = FileLock.TryTake(path) ?? throw new ApplianceException(
            ErrorKind.Unavailable,
            $"The data directory '{directory}' is in use by another appliance ({FileLock.ReadText(path).Trim()}). Stop that "
            + "one first, or start this one with another --data directory.");
        try
        {
            return new DataDirectoryLock(directory, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void MarkClean() => file.WriteText(Clean);

    /// <summary>After an opening that failed: the next one need not check again what this one did not touch.</summary>
    public void RestoreMark()
    {
        try
        {
            file.WriteText(WasStoppedCleanly ? Clean : string.Empty);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A missing mark costs a check and nothing else; the failure being reported matters more.
        }
    }

    public void Dispose() => file.Dispose();
}
