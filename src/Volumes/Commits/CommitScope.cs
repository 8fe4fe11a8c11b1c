using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Commits;

/// <summary>
/// What the steps of one commit work on: they see the volume as it was before the commit, and write entries of the
/// version that the commit will make.
/// </summary>
public sealed class CommitScope(VolumeRecord before)
{
    private const int DirectoryMode = 0x1ED;

    // Directories that the commit has found or made, so that a thousand files in one cost one look.
    private readonly HashSet<string> directories = [""];
    private WriteTransaction? write;
    private long addedFiles;
    private long addedBytes;

    /// <summary>The volume with the version that was newest before.</summary>
    public VolumeRecord Before { get; } = before;

    public long Version => Before.Head + 1;

    public WriteTransaction Write => write ?? throw new InvalidOperationException("A step ran outside of its commit.");

    /// <summary>Sets or replaces a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="content">What it holds; leased, or referred to in the same volume.</param>
    /// <param name="mode">Permission bits.</param>
    /// <param name="modifiedAt">When its bytes were last changed; null for now.</param>
    /// <exception cref="ApplianceException">FailedPrecondition: a directory is in its place, or a file where one must be.</exception>
    public void PutFile(VolumePath path, FileContent content, int mode, DateTimeOffset? modifiedAt = null)
    {
        EnsureDirectory(path.Parent);
        VolumeEntryRecord? present = FindNoDirectory(path, "file");
        ContentReferences.Add(Write, content);
        Put(
            new VolumeEntryRecord(
                path.Parent.Text, path.Name, VolumeEntryKind.File, mode, modifiedAt ?? Write.Now, content.SizeBytes, (int)content.Form,
                content.Form == ContentForm.Empty ? null : content.Id, null),
            present);
    }

    /// <summary>Sets or replaces a symbolic link.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: a directory is in its place, or a file where one must be.</exception>
    public void PutLink(VolumePath path, string target, DateTimeOffset modifiedAt)
    {
        const int linkMode = 0x1FF;
        EnsureDirectory(path.Parent);
        Put(
            new VolumeEntryRecord(path.Parent.Text, path.Name, VolumeEntryKind.SymbolicLink, linkMode, modifiedAt, 0, 0, null, target),
            FindNoDirectory(path, "link"));
    }

    /// <summary>Makes the directory, or gives the one that is there this mode and time.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: a file is in the way.</exception>
    public void PutDirectory(VolumePath path, int mode, DateTimeOffset modifiedAt)
    {
        if (path.IsRoot)
        {
            return;
        }

        EnsureDirectory(path);
        VolumeEntryRecord? present = FindNow(path);
        if (present is null || present.Mode != mode || present.ModifiedAt != modifiedAt)
        {
            Put(new VolumeEntryRecord(path.Parent.Text, path.Name, VolumeEntryKind.Directory, mode, modifiedAt, 0, 0, null, null), present);
        }
    }

    /// <summary>Puts an entry that is somewhere in the volume at another place, too.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: a directory is in its place, or a file where one must be.</exception>
    public void PutCopy(VolumePath path, VolumeEntryRecord source)
    {
        if (source.Kind == VolumeEntryKind.Directory)
        {
            EnsureDirectory(path);
            return;
        }

        if (source.Kind == VolumeEntryKind.File)
        {
            PutFile(path, VolumeEntry.ContentOf(source), source.Mode);
            return;
        }

        EnsureDirectory(path.Parent);
        Put(source with { Directory = path.Parent.Text, Name = path.Name }, FindNow(path));
    }

    /// <summary>Makes the directory and those above it, as far as they are not there.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: a file is in the way.</exception>
    public void EnsureDirectory(VolumePath path)
    {
        if (!directories.Add(path.Text))
        {
            return;
        }

        EnsureDirectory(path.Parent);
        switch (FindNow(path))
        {
            case null:
                Put(new VolumeEntryRecord(path.Parent.Text, path.Name, VolumeEntryKind.Directory, DirectoryMode, Write.Now, 0, 0, null, null), null);
                break;
            case { Kind: not VolumeEntryKind.Directory }:
                throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{path}' is a file, so nothing can be put below it.");
        }
    }

    /// <summary>Removes one entry; what it holds, if it is a directory, is removed by further steps.</summary>
    public void Remove(VolumePath path)
    {
        directories.Remove(path.Text);
        Count(FindNow(path), -1);
        Release(VolumeEntries.End(Write, Before.Key, Version, path.Parent.Text, path.Name));
    }

    /// <summary>What is at the path by now, this commit's own changes included.</summary>
    public VolumeEntryRecord? FindNow(VolumePath path) => path.IsRoot
        ? null
        : VolumeEntries.Find(Write, Before.Key, Version, path.Parent.Text, path.Name);

    /// <summary>Makes what the steps wrote the newest version.</summary>
    internal void Publish() => VolumeRows.EndCommit(Write, Before.Key, Version, addedFiles, addedBytes);

    internal void Enter(WriteTransaction transaction) => write = transaction;

    internal void Leave() => write = null;

    private VolumeEntryRecord? FindNoDirectory(VolumePath path, string wanted)
    {
        VolumeEntryRecord? present = FindNow(path);
        return present is { Kind: VolumeEntryKind.Directory }
            ? throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{path}' is a directory and cannot become a {wanted}: remove it first.")
            : present;
    }

    private void Count(VolumeEntryRecord? entry, int sign)
    {
        if (entry is { Kind: VolumeEntryKind.File })
        {
            addedFiles += sign;
            addedBytes += sign * entry.SizeBytes;
        }
    }

    private void Put(VolumeEntryRecord entry, VolumeEntryRecord? present)
    {
        Count(present, -1);
        Count(entry, 1);
        Release(VolumeEntries.End(Write, Before.Key, Version, entry.Directory, entry.Name));
        VolumeEntries.Add(Write, Before.Key, Version, entry);
    }

    private void Release(VolumeEntryRecord? replaced)
    {
        if (replaced is { Kind: VolumeEntryKind.File })
        {
            ContentReferences.Remove(Write, VolumeEntry.ContentOf(replaced));
        }
    }
}
