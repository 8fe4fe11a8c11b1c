using System.Text;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Volumes.WorkingCopies;

/// <summary>Something that programs do to files, to be done to several directories alike.</summary>
internal sealed class RandomChange(Action<string> apply)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0 };

    public void ApplyTo(params string[] roots)
    {
        foreach (string root in roots)
        {
            apply(root);
        }
    }

    /// <param name="random">Chooses.</param>
    /// <param name="model">A directory as the others are, to choose from what is there.</param>
    public static RandomChange Of(Random random, string model)
    {
        string[] all = [.. List(model)];
        string[] directories = ["", .. all.Where(path => IsDirectory(model, path))];
        string[] files = [.. all.Where(path => !IsDirectory(model, path) && !IsLink(model, path))];
        string fresh = Path.Combine(Pick(random, directories), $"n{random.Next(12)}");
        if (all.Contains(fresh))
        {
            return Remove(fresh);
        }

        string text = $"{random.Next(1000)}";
        return random.Next(files.Length == 0 ? 4 : 13) switch
        {
            0 or 1 => new(root => File.WriteAllText(Path.Combine(root, fresh), text)),
            2 => new(root => Directory.CreateDirectory(Path.Combine(root, fresh))),
            3 => new(root => File.CreateSymbolicLink(Path.Combine(root, fresh), $"../{text}")),
            4 => new(root => File.WriteAllText(Path.Combine(root, Pick(files, text)), text + text)),
            5 => new(root => File.AppendAllText(Path.Combine(root, Pick(files, text)), text)),
            6 => Remove(Pick(random, all)),
            7 => Move(Pick(random, all), fresh),
            8 => Link(Pick(random, files), fresh),
            9 => Permit(Pick(random, files), random.Next(2) == 0 ? "750" : "604"),
            10 => Permit(Pick(random, directories[^1..]), random.Next(2) == 0 ? "750" : "711"),
            11 => Sparse(fresh, random.Next(200_000)),
            _ => Remake(Pick(random, directories), fresh),
        };
    }

    /// <summary>All paths below, links not followed.</summary>
    public static IEnumerable<string> List(string root)
    {
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out string? directory))
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(directory, "*", Everything).Order(StringComparer.Ordinal))
            {
                string relative = Path.GetRelativePath(root, path);
                yield return relative;
                if (IsDirectory(root, relative))
                {
                    pending.Push(path);
                }
            }
        }
    }

    /// <summary>Makes files of their own of several names of one, as volumes keep them.</summary>
    public static void SeparateNames(string root)
    {
        foreach (string path in List(root).ToArray().Where(path => !IsDirectory(root, path) && !IsLink(root, path)))
        {
            TestDirectory.Run("cp", "-p", "--remove-destination", Path.Combine(root, path), Path.Combine(root, "copy"));
            File.Move(Path.Combine(root, "copy"), Path.Combine(root, path), overwrite: true);
        }
    }

    public static string Describe(string root, string path)
    {
        var file = new FileInfo(Path.Combine(root, path));
        if (file.LinkTarget is { } target)
        {
            return $"{path} -> {target}";
        }

        string mode = Convert.ToString((int)File.GetUnixFileMode(file.FullName), 8);
        return IsDirectory(root, path) ? $"{path}/ {mode}" : $"{path} {mode} {Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName))}";
    }

    private static RandomChange Remove(string path) => new(root => TestDirectory.Run("rm", "-rf", Path.Combine(root, path)));

    private static RandomChange Move(string from, string to) => to.StartsWith(from + "/", StringComparison.Ordinal)
        ? Remove(from)
        : new(root => TestDirectory.Run("mv", "-T", Path.Combine(root, from), Path.Combine(root, to)));

    private static RandomChange Link(string from, string to) => new(root => TestDirectory.Run("ln", Path.Combine(root, from), Path.Combine(root, to)));

    private static RandomChange Permit(string path, string mode) => path.Length == 0
        ? new(_ => { })
        : new(root => TestDirectory.Run("chmod", mode, Path.Combine(root, path)));

    private static RandomChange Sparse(string path, long length) => new(root =>
    {
        using FileStream file = File.Create(Path.Combine(root, path));
        file.SetLength(length);
        file.Position = length / 2;
        file.WriteByte(1);
    });

    /// <summary>Removes a directory and makes it again, with something else in it.</summary>
    private static RandomChange Remake(string directory, string fresh) => directory.Length == 0
        ? new(root => File.WriteAllText(Path.Combine(root, fresh), "made"))
        : new(root =>
        {
            TestDirectory.Run("rm", "-rf", Path.Combine(root, directory));
            Directory.CreateDirectory(Path.Combine(root, directory));
            File.WriteAllText(Path.Combine(root, directory, "again"), directory);
        });

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static string Pick(string[] from, string by) => from[int.Parse(by, System.Globalization.CultureInfo.InvariantCulture) % from.Length];

    private static bool IsLink(string root, string path) => new FileInfo(Path.Combine(root, path)).LinkTarget is not null;

    private static bool IsDirectory(string root, string path) => Directory.Exists(Path.Combine(root, path)) && !IsLink(root, path);
}
