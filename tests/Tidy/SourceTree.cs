using System.Diagnostics;

namespace Appliance.Tests.Tidy;

/// <summary>The files of the repository: tracked ones, and new ones that git does not ignore.</summary>
public sealed class SourceTree(IReadOnlyList<SourceFile> files)
{
    private const string RootMark = "appliance.csproj";

    public IReadOnlyList<SourceFile> Files { get; } = files;

    public IEnumerable<SourceFile> Source => Files.Where(file => file.IsCSharp && file.IsIn("src"));

    public IEnumerable<SourceFile> Code => Files.Where(file => file.IsCSharp && (file.IsIn("src") || file.IsIn("tests")));

    public bool HoldsFolder(string folder) => Files.Any(file => file.IsIn(folder));

    public bool Holds(string path) => Files.Any(file => file.Path == path) || HoldsFolder(path.TrimEnd('/'));

    public static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, RootMark)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds {RootMark}.");
    }

    public static SourceTree Open()
    {
        string root = FindRoot();
        return new SourceTree([.. ListFiles(root)
            .Where(path => File.Exists(Path.Combine(root, path)))
            .Select(path => new SourceFile(path, () => File.ReadAllText(Path.Combine(root, path))))]);
    }

    private static string[] ListFiles(string root)
    {
        // A checkout owned by another user is a usual thing in containers, and reading file names from it does no harm.
        string[] arguments = ["-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        string listed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? listed.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"git ls-files ended with {git.ExitCode} in '{root}'.");
    }
}
