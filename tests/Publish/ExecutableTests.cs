using System.Text.RegularExpressions;
using Appliance.Tests.Tidy;

namespace Appliance.Tests.Publish;

/// <summary>What is shipped: one small file that starts on every machine of the promise.</summary>
public sealed partial class ExecutableTests
{
    private const long SizeBytesMax = 40_000_000;

    /// <summary>RHEL 9 and Ubuntu 22.04 bring 2.34 and 2.35.</summary>
    private static readonly Version LibcNewest = new(2, 34);

    private static readonly string[] LibcParts = ["linux-vdso", "libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64", "libpthread", "libdl", "librt"];

    private static string Folder => Path.Combine(SourceTree.FindRoot(), "build", "out");

    [Fact]
    public void Output_AfterPublish_IsOneSmallFile()
    {
        FileInfo executable = new(Executable());
        Assert.Equal([executable.FullName], Directory.EnumerateFileSystemEntries(Folder));
        Assert.InRange(executable.Length, 1024 * 1024, SizeBytesMax);
        Assert.True(executable.UnixFileMode.HasFlag(UnixFileMode.OtherExecute), "everyone may run it");
    }

    [Fact]
    public async Task Executable_ItsLibraries_AreLibcOnly()
    {
        string printed = await Tool.RunAsync("ldd", Executable());
        string[] foreign = [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => LibraryName().Match(line).Groups["name"].Value)
            .Where(name => !LibcParts.Contains(name))];
        Assert.True(foreign.Length == 0, $"linked dynamically, and to be linked statically: {string.Join(", ", foreign)}\n{printed}");
        Assert.Contains("libc.so.6", printed);
    }

    [Fact]
    public async Task Executable_ItsImports_AreNoNewerThanPromised()
    {
        string printed = await Tool.RunAsync("readelf", "--version-info", "--wide", Executable());
        Version[] imported = [.. LibcVersion().Matches(printed).Select(match => System.Version.Parse(match.Groups["version"].Value)).Distinct()];
        Assert.NotEmpty(imported);
        Assert.True(imported.Max() <= LibcNewest, $"imports GLIBC_{imported.Max()}, newer than {LibcNewest}: build on an older distribution.");
    }

    [Fact]
    public async Task Executable_ItsSymbols_AreStripped()
    {
        string printed = await Tool.RunAsync("readelf", "--sections", "--wide", Executable());
        Assert.DoesNotContain(".symtab", printed);
        Assert.DoesNotContain(".debug_info", printed);
    }

    [Fact]
    public async Task Version_OfTheExecutable_IsPrinted()
    {
        string printed = await Tool.RunAsync(Executable(), "version");
        Assert.StartsWith("appliance 0.", printed, StringComparison.Ordinal);
    }

    private static string Executable()
    {
        string path = Path.Combine(Folder, "appliance");
        Assert.True(File.Exists(path), $"'{path}' does not exist: run build/publish first (build/test does).");
        return path;
    }

    [GeneratedRegex(@"^\s*(?:/\S*/)?(?<name>[\w-]+)\.so")]
    private static partial Regex LibraryName();

    [GeneratedRegex(@"GLIBC_(?<version>\d+\.\d+(\.\d+)?)")]
    private static partial Regex LibcVersion();
}
