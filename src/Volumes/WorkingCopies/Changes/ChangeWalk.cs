using Appliance.Core.Errors;
using Appliance.Native.Directories;
using Appliance.Native.Files;
using Appliance.Volumes.Paths;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Volumes.WorkingCopies.Changes;

/// <summary>One walk over the upper directory of an overlay, compared with what the last commit found there.</summary>
internal sealed class ChangeWalk(SealedDirectory changes, CommittedEntries committed, BaseTree below, VolumePath subPath)
{
    private const char Undecodable = '\uFFFD';

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly ChangeSet found = new();
    private readonly List<(string Path, DateTimeOffset ModifiedAt)> visited = [];

    public ChangeSet Run(CancellationToken cancellation)
    {
        var pending = new Stack<string>([""]);
        while (pending.TryPop(out string? directory))
        {
            cancellation.ThrowIfCancellationRequested();
            Look(directory, pending);
        }

        FindVanished();
        return found;
    }

    /// <summary>Whether no directory has changed since it was read.</summary>
    public bool IsSettled()
    {
        foreach ((string path, DateTimeOffset modifiedAt) in visited)
        {
            using SafeFileHandle? handle = changes.TryOpenDirectory(path);
            if (handle is null || FileStatus.Of(handle).ModifiedAt != modifiedAt)
            {
                return false;
            }
        }

        return true;
    }

    private void Look(string directory, Stack<string> pending)
    {
        using SafeFileHandle? handle = changes.TryOpenDirectory(directory);
        if (handle is null)
        {
            return;
        }

        visited.Add((directory, FileStatus.Of(handle).ModifiedAt));
        foreach (string listed in Directory.EnumerateFileSystemEntries($"/proc/self/fd/{handle.DangerousGetHandle()}", "*", Everything))
        {
            string name = Path.GetFileName(listed);
            string path = directory.Length == 0 ? name : $"{directory}/{name}";
            if (name.Contains(Undecodable))
            {
                found.Skipped.Add($"'{path}' has a name that is not UTF-8");
            }
            else if (FileStatus.FindIn(handle, name) is { } status)
            {
                Note(path, status, pending);
            }
        }
    }

    private void Note(string path, FileStatus status, Stack<string> pending)
    {
        if (!committed.Has(path) && FaultOf(path) is { } fault)
        {
            found.Skipped.Add(fault);
            return;
        }

        switch (status.Kind)
        {
            case FileKind.Directory:
                NoteDirectory(path, status);
                pending.Push(path);
                break;
            case FileKind.Special:
                NoteAbsence(path, status);
                break;
            default:
                NoteFile(path, status);
                break;
        }
    }

    private void NoteFile(string path, FileStatus status)
    {
        if (committed.TryGet(path, out CommittedEntry last) && last == CommittedEntry.Of(status))
        {
            found.After.Set(path, last);
        }
        else
        {
            found.Put(path, status);
        }
    }

    private void NoteDirectory(string path, FileStatus status)
    {
        CommittedEntry now = CommittedEntry.OfDirectory(status, IsOpaque(path));
        found.After.Set(path, now);
        bool isKnown = committed.TryGet(path, out CommittedEntry last) && last.Kind == now.Kind && last.Inode == now.Inode;
        if (!isKnown && now.Kind == CommittedKind.OpaqueDirectory)
        {
            found.Removals.Add(new SeenRemoval(path, IncludesItself: false));
        }

        bool isAsBefore = isKnown
            ? last.Mode == now.Mode
            : now.Kind == CommittedKind.Directory && below.Find(path) is { Kind: FileKind.Directory } present && present.Mode == status.Mode;
        if (!isAsBefore)
        {
            found.Put(path, status);
        }
    }

    /// <summary>Notes that the volume should have nothing there.</summary>
    private void NoteAbsence(string path, FileStatus status)
    {
        CommittedEntry now = status.IsWhiteout ? CommittedEntry.Whiteout : CommittedEntry.Of(status);
        if (!status.IsWhiteout)
        {
            found.Skipped.Add($"'{path}' is a device, pipe or socket");
        }

        bool wasThere = committed.TryGet(path, out CommittedEntry last) ? last.IsInVolume : !committed.HidesBase(path) && below.Find(path) is not null;
        if (wasThere)
        {
            found.Removals.Add(new SeenRemoval(path, IncludesItself: true));
        }

        found.After.Set(path, now);
    }

    /// <summary>What was made and committed here, and has gone without a trace.</summary>
    private void FindVanished()
    {
        foreach ((string path, CommittedEntry entry) in committed.All)
        {
            if (!entry.IsInVolume || found.After.Has(path) || found.PutPaths.Contains(path))
            {
                continue;
            }

            if (changes.Find(path) is null)
            {
                found.Removals.Add(new SeenRemoval(path, IncludesItself: true));
            }
            else
            {
                found.After.Set(path, entry);
            }
        }
    }

    private bool IsOpaque(string path)
    {
        using SafeFileHandle? handle = changes.TryOpenDirectory(path);
        return handle is not null && ExtendedAttributes.IsOpaque(handle);
    }

    private string? FaultOf(string path)
    {
        try
        {
            VolumePath.Read(subPath.IsRoot ? path : $"{subPath.Text}/{path}");
            return null;
        }
        catch (ApplianceException fault)
        {
            return fault.Message;
        }
    }
}
