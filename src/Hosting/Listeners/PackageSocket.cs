namespace Appliance.Hosting.Listeners;

/// <summary>The Unix socket behind which containers find the package index; what leads them there is the networks' business.</summary>
public static class PackageSocket
{
    // Not longer than the admin socket's, whose path is checked.
    private const string FileName = "packages.sock";

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>Removes the file that a killed server left; to be called only while holding the data directory's lock.</summary>
    public static void Sweep(string dataDirectory) => File.Delete(PathIn(dataDirectory));

    public static void Restrict(string dataDirectory) =>
        File.SetUnixFileMode(PathIn(dataDirectory), UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
