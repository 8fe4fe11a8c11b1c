using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Native.Files;

namespace Appliance.Volumes.Trees;

/// <summary>
/// Gives files of a tree their bytes by a further name for the content's own file, so that a tree costs no space. A file
/// with other permissions needs a file of its own, which is shared by all that want the same.
/// </summary>
internal sealed class InodeSource(ContentStore contents, TreeLayout layout)
{
    private const int UsualMode = 0x1A4;
    private const int ExecutableMode = 0x1ED;
    private const int AnyExecute = 0x49;
    private const int NoSuchEntry = 2;

    public void Place(FileContent content, int wantedMode, string target)
    {
        int mode = ModeOf(content, wantedMode);
        if (content.Form == ContentForm.Empty)
        {
            using (File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write))
            {
                File.SetUnixFileMode(target, (UnixFileMode)mode);
            }

            return;
        }

        string source = contents.Reader.PathOf(content);
        if (mode == UsualMode)
        {
            Link(source, target, mode);
            return;
        }

        try
        {
            Link(EnsureVariant(source, content.Id, mode), target, mode);
        }
        catch (IOException gone) when (gone.HResult == NoSuchEntry)
        {
            // It was unused until now, and collected at this very moment. The next one is new, and safe from that.
            Link(EnsureVariant(source, content.Id, mode), target, mode);
        }
    }

    private static void Link(string source, string target, int mode)
    {
        if (!PosixFile.TryLink(source, target))
        {
            Copy(source, target, mode);
        }
    }

    // A large file is not copied for the sake of its permissions; whether it may be executed is all that is kept.
    private static int ModeOf(FileContent content, int mode) =>
        content.Form == ContentForm.File ? ((mode & AnyExecute) != 0 ? ExecutableMode : UsualMode) : mode;

    private static void Copy(string source, string target, int mode)
    {
        File.Copy(source, target);
        File.SetUnixFileMode(target, (UnixFileMode)mode);
    }

    private string EnsureVariant(string source, Digest id, int mode)
    {
        string variant = layout.Variant(mode, id.ToString());
        if (!File.Exists(variant))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(variant)!);
            string part = $"{variant}.{Guid.NewGuid():n}";
            Copy(source, part, mode);
            PosixFile.Rename(part, variant);
        }

        return variant;
    }
}
