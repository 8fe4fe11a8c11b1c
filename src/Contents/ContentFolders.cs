using Appliance.Native.Files;

namespace Appliance.Contents;

/// <summary>Makes the store's directories and clears away what a crash left behind.</summary>
internal static class ContentFolders
{
    public static void Prepare(ContentLayout layout)
    {
        foreach (string folder in (IEnumerable<string>)[layout.Directory, layout.Parts, layout.Imports, layout.Trash, .. layout.Shelves])
        {
            Directory.CreateDirectory(folder);
        }

        foreach (string leftover in Directory.EnumerateFiles(layout.Imports).Concat(Directory.EnumerateFiles(layout.Trash)))
        {
            File.Delete(leftover);
        }

        DirectorySync.Flush(layout.Directory);
        DirectorySync.Flush(Path.GetDirectoryName(layout.Directory) ?? layout.Directory);
    }
}
