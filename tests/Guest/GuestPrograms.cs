using Unpacking = Appliance.Containers.Guest.GuestPrograms;

namespace Appliance.Tests.Guest;

/// <summary>The programs as the server unpacks them, once for all tests.</summary>
internal static class GuestPrograms
{
    private static readonly Lazy<string> Folder = new(Unpack);

    public static string Init => Path.Combine(Folder.Value, Unpacking.Init);

    public static string FileTools => Path.Combine(Folder.Value, Unpacking.FileTools);

    private static string Unpack()
    {
        string directory = Directory.CreateTempSubdirectory("appliance-guest-").FullName;
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return Unpacking.EnsureUnpacked(directory);
    }
}
