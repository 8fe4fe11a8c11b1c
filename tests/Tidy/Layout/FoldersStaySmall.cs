namespace Appliance.Tests.Tidy.Layout;

/// <summary>A folder that holds too many files is about more than one thing.</summary>
public sealed class FoldersStaySmall : ITidyRule
{
    private const int FilesMax = 20;

    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from folder in tree.Code.GroupBy(file => file.Folder)
        where folder.Count() > FilesMax
        select new Violation(folder.Key, 0, $"{folder.Count()} files, more than {FilesMax}; split the folder by what the files are about.");
}
