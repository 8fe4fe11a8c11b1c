namespace Appliance.Tests.Containers;

/// <summary>A root file system made of Debian's busybox-static alone.</summary>
public sealed class BusyboxImage : IDisposable
{
    private static readonly string[] Applets =
        """
        sh cat echo sleep ls id env pwd true false head wc yes kill stty tail touch mkdir dd seq ps mount httpd nc wget ip hostname
        rm cp mv ln chmod chown stat df du find grep sed test [ expr date readlink cut tr sort uniq tee printf dirname basename
        md5sum sha256sum truncate which sync umount rmdir ash printenv xargs awk uname
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private readonly string root = Directory.CreateTempSubdirectory("busybox-").FullName;

    public BusyboxImage()
    {
        foreach (string directory in new[] { "bin", "dev", "etc", "proc", "root", "sys", "tmp", "var" })
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
        }

        File.Copy("/bin/busybox", Path.Combine(root, "bin/busybox"));
        foreach (string applet in Applets)
        {
            File.CreateSymbolicLink(Path.Combine(root, "bin", applet), "busybox");
        }

        File.WriteAllText(Path.Combine(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    }

    public IReadOnlyList<string> Layers => [root];

    /// <summary>Adds a program that the shell runs.</summary>
    public void AddProgram(string name, string script)
    {
        string path = Path.Combine(root, "bin", name);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
