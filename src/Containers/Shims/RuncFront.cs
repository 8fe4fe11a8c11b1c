using Appliance.Containers.Guest;

namespace Appliance.Containers.Shims;

/// <summary>
/// The program that shims call where they would call runc: it lets a created container go by itself, which takes runc 10 ms,
/// and hands all else on to runc. Works while the appliance does not run.
/// </summary>
internal static class RuncFront
{
    // A folder of its own: whoever writes a program there opens the folder to all users.
    private const string Name = "front/runc";
    private const string RealSuffix = ".real";

    /// <summary>Where the program of a run directory is.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, Name);

    /// <summary>Writes the program; one that shims call at the same moment stays whole.</summary>
    /// <param name="directory">Of the running appliance.</param>
    /// <param name="runc">Where runc is.</param>
    public static void Write(string directory, string runc)
    {
        string path = PathIn(directory);
        GuestPrograms.Unpack(GuestPrograms.RuncStart, path);
        string link = $"{path}.{Guid.NewGuid():N}.new";
        File.CreateSymbolicLink(link, runc);
        File.Move(link, path + RealSuffix, overwrite: true);
    }
}
