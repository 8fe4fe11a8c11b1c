using Appliance.Core.Errors;
using Appliance.Packages;

namespace Appliance.Admin.Bundles;

/// <summary>Python packages on their way out of a bundle: files in a directory that goes with this.</summary>
internal sealed class BundledPackages : IDisposable
{
    private const string ClientProject = "modal";

    private readonly Lazy<DirectoryInfo> directory = new(() => Directory.CreateTempSubdirectory("appliance-bundle-"));

    public static string NameOf(BundleMember member) => member.File[(member.File.LastIndexOf('/') + 1)..];

    /// <param name="path">A wheel, or a directory of them.</param>
    /// <exception cref="ApplianceException">NotFound: there is none. InvalidArgument: it is no wheel.</exception>
    public static IEnumerable<string> FindWheels(string path)
    {
        string[] wheels = Directory.Exists(path)
            ? [.. Directory.GetFiles(path, "*" + PackageFile.WheelSuffix).Order(StringComparer.Ordinal)]
            : File.Exists(path) ? [path] : [];
        return wheels.Length > 0 ? wheels : throw new ApplianceException(
            ErrorKind.NotFound, $"'{path}' is neither a wheel nor a directory with wheels: 'pip download -d DIR modal' fetches the client and what it needs.");
    }

    /// <summary>The wheels of the client and what it needs.</summary>
    /// <param name="paths">Wheels, or directories of them.</param>
    /// <exception cref="ApplianceException">NotFound: there is none. InvalidArgument: they hold everything but the client.</exception>
    public static IReadOnlyList<string> FindClient(IReadOnlyList<string> paths)
    {
        string[] wheels = [.. paths.SelectMany(FindWheels)];
        return wheels.Length == 0 || wheels.Any(path => PackageFile.Read(Path.GetFileName(path)).Project == ClientProject)
            ? wheels
            : throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Of {wheels.Length} wheels none is the client, '{ClientProject}': 'pip download -d DIR {ClientProject}' fetches it and what it needs.");
    }

    /// <exception cref="ApplianceException">InvalidArgument: the file's name is not that of a package.</exception>
    public static BundlePart Plan(string path, string kind)
    {
        PackageFile file = PackageFile.Read(Path.GetFileName(path));
        return new BundlePart(
            new BundleMember($"{kind}s/{file.FileName}", kind, 0, ""),
            new FileInfo(path).Length,
            async (target, stop) =>
            {
                await using FileStream source = File.OpenRead(path);
                await source.CopyToAsync(target, stop);
            })
        {
            IsPacked = true,
        };
    }

    /// <summary>Unpacks one file of the bundle.</summary>
    public async Task TakeAsync(BundleMember member, Stream source, CancellationToken cancellation)
    {
        string place = Directory.CreateDirectory(Path.Combine(directory.Value.FullName, member.Kind)).FullName;
        await using FileStream file = File.Create(Path.Combine(place, NameOf(member)));
        await source.CopyToAsync(file, cancellation);
    }

    /// <summary>The directory with those of a kind; null when none came.</summary>
    public string? PathOf(string kind) =>
        directory.IsValueCreated && Path.Combine(directory.Value.FullName, kind) is var path && Directory.Exists(path) ? path : null;

    public void Dispose()
    {
        if (directory.IsValueCreated)
        {
            directory.Value.Delete(recursive: true);
        }
    }
}
