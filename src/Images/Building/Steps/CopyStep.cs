using System.Globalization;
using System.Text;
using Appliance.Images.Building.Copying;
using Appliance.Images.Dockerfiles;
using Appliance.Native.Directories;

namespace Appliance.Images.Building.Steps;

/// <summary>COPY and ADD of files.</summary>
internal sealed class CopyStep(ImageRoot root, string workingDirectory, Func<string, string?> lookUp, char escape, Action<long> onCopied)
{
    /// <exception cref="FormatException">A source is not there, or the target cannot be.</exception>
    public async Task RunAsync(CopyInstruction copy, ICopyTree source, CancellationToken cancellation)
    {
        string target = Words.Expand(copy.Target, lookUp, escape);
        (uint User, uint Group) owner = FlagOf(copy, "chown") is { } chown ? OwnerNames.Resolve(root, chown) : (0, 0);
        int? mode = FlagOf(copy, "chmod") is { } chmod ? Octal(chmod) : null;
        List<(ICopyTree Tree, string Path, string Name)> found = [.. copy.Sources.SelectMany(pattern => Match(copy, source, pattern))];
        using ListedTree texts = Texts(copy);
        found.AddRange(copy.Texts.Select(text => ((ICopyTree)texts, text.Name, text.Name)));
        string path = Path.Combine(workingDirectory, target);
        bool isDirectory = target.EndsWith('/') || target is "." or ".." || target.EndsWith("/.", StringComparison.Ordinal) || found.Count > 1;
        foreach ((ICopyTree tree, string from, string name) in found)
        {
            var copier = new TreeCopier(tree, owner, mode, onCopied);
            if (copy.UnpacksArchives && tree == source && await ArchiveAddition.TryUnpackAsync(tree, from, () => root.EnsureDirectory(path), cancellation).ConfigureAwait(false))
            {
                continue;
            }

            if (tree.Find(from) is { Kind: NodeKind.Directory })
            {
                using DirectoryHandle into = root.EnsureDirectory(path, owner.User, owner.Group);
                await copier.CopyChildrenAsync(from, into, cancellation).ConfigureAwait(false);
                continue;
            }

            using DirectoryHandle? present = isDirectory ? root.EnsureDirectory(path) : root.TryOpenDirectory(path);
            using DirectoryHandle parent = present?.Reopen() ?? root.EnsureDirectory(Path.GetDirectoryName(path)!);
            await copier.CopyAsync(from, parent, NodeName.Of(present is null ? Path.GetFileName(path) : name), cancellation).ConfigureAwait(false);
        }
    }

    private static int Octal(string text)
    {
        bool isMode = text.Length is >= 3 and <= 5 && text.All(letter => letter is >= '0' and <= '7');
        return isMode ? Convert.ToInt32(text, 8) & 0xFFF : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"--chmod={text}: write octal digits, such as 755"));
    }

    private string? FlagOf(CopyInstruction copy, string name) =>
        copy.Flags.FirstOrDefault(flag => flag.Name == name)?.Value is { } value ? Words.Expand(value, lookUp, escape) : null;

    private IReadOnlyList<(ICopyTree, string, string)> Match(CopyInstruction copy, ICopyTree source, string pattern)
    {
        string expanded = Words.Expand(pattern, lookUp, escape);
        IReadOnlyList<(string Path, string Name)> found = CopyPattern.Match(source, expanded);
        return found.Count > 0
            ? [.. found.Select(one => (source, one.Path, one.Name))]
            : throw new FormatException($"there is no '{expanded}' to {(copy.UnpacksArchives ? "add" : "copy")}");
    }

    private ListedTree Texts(CopyInstruction copy) => new(copy.Texts.Select(text =>
    {
        byte[] content = Encoding.UTF8.GetBytes(text.IsExpanded ? Words.ExpandText(text.Content, lookUp, escape) : text.Content);
        return new ListedFile(text.Name, 0x1A4, content.Length, () => new MemoryStream(content));
    }));
}
