using Appliance.Containers.Runtime;
using Appliance.Engine.Functions;

namespace Appliance.Hosting.Listeners;

/// <summary>The Unix socket through which the client's programs in containers call. Each proves itself with its own token.</summary>
public static class ContainerSocket
{
    private const UnixFileMode Enterable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode ForEveryone = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>
    /// Makes its directory, which containers mount, and removes what a killed server left there; to be called only while
    /// holding the data directory's lock.
    /// </summary>
    /// <returns>The path to listen at; null for a user who cannot run containers.</returns>
    public static string? Prepare(string dataDirectory)
    {
        RunDirectory run = RunDirectory.Of(dataDirectory);
        try
        {
            run.Ensure();
        }
        catch (Core.Errors.ApplianceException)
        {
            return null;
        }

        Directory.CreateDirectory(FunctionOutfit.DoorOf(run), Enterable);
        string path = PathIn(run);
        File.Delete(path);
        return path;
    }

    /// <summary>Programs in containers run as anybody.</summary>
    public static void Open(string path) => File.SetUnixFileMode(path, ForEveryone);

    private static string PathIn(RunDirectory run) => Path.Combine(FunctionOutfit.DoorOf(run), FunctionOutfit.SocketName);
}
