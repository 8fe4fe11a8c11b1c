using Appliance.Containers.Runtime;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Snapshots;
using Appliance.Native.Files;

namespace Appliance.Engine.Removal;

/// <summary>Removes sandboxes that ended long ago: their records, and what their containers wrote.</summary>
/// <param name="store">Has the records.</param>
/// <param name="tasks">The folder with what containers wrote.</param>
/// <param name="rules">How long they are kept.</param>
/// <param name="clock">Tells the time.</param>
public sealed class EndedSandboxes(MetadataStore store, string tasks, RetentionRules rules, TimeProvider clock)
{
    private const int PageLength = 200;

    /// <summary>Files of all containers, running ones too: what they take on the disk, holes left out.</summary>
    public (long Count, long Bytes) Measure(CancellationToken cancellation) => Directory.Exists(tasks) ? Measure(tasks, cancellation) : default;

    /// <summary>What <see cref="RemoveAsync"/> would remove.</summary>
    public (long Count, long Bytes) Preview(TimeSpan grace, bool all, CancellationToken cancellation)
    {
        List<EndedSandbox> due = FindDue(grace, all, cancellation);
        return (due.Count, due.Sum(each => each.Bytes));
    }

    /// <summary>Removes those that are due.</summary>
    /// <param name="grace">How long ago they must have ended, in any case: their containers are being removed until then.</param>
    /// <param name="all">Whether all that have ended are due.</param>
    /// <param name="cancellation">Ends it between two pages.</param>
    public async Task<(long Count, long Bytes)> RemoveAsync(TimeSpan grace, bool all, CancellationToken cancellation)
    {
        List<EndedSandbox> due = FindDue(grace, all, cancellation);
        foreach (EndedSandbox[] page in due.Chunk(PageLength))
        {
            await store.WriteAsync(
                write =>
                {
                    foreach (EndedSandbox each in page)
                    {
                        SidecarRows.Delete(write, each.Record.TaskId);
                        TunnelRows.Replace(write, each.Record.TaskId, []);
                        SnapshotRows.Delete(write, each.Record.TaskId);
                        SandboxRows.Delete(write, each.Record.Id);
                    }
                },
                cancellation);

            // After a crash here, the next start removes the directories of containers that nobody knows.
            foreach (TaskDirectory directory in page.SelectMany(each => each.Directories))
            {
                directory.Remove();
            }
        }

        return (due.Count, due.Sum(each => each.Bytes));
    }

    private List<EndedSandbox> FindDue(TimeSpan grace, bool all, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset old = now - rules.Age;
        List<EndedSandbox> ended = List(now - grace, cancellation);
        long excess = all ? long.MaxValue : ended.Sum(each => each.Bytes) - rules.BytesMax;
        int count = 0;
        while (count < ended.Count && (excess > 0 || ended[count].Record.EndedAt < old))
        {
            excess -= ended[count].Bytes;
            count++;
        }

        return ended[..count];
    }

    /// <summary>The oldest first.</summary>
    private List<EndedSandbox> List(DateTimeOffset before, CancellationToken cancellation)
    {
        List<EndedSandbox> found = [];
        DateTimeOffset after = DateTimeOffset.UnixEpoch;
        while (true)
        {
            IReadOnlyList<EndedSandbox> page = store.Read(read => SandboxRows.ListEnded(read, after, before, PageLength)
                .Select(record => new EndedSandbox(
                    record,
                    [
                        .. SidecarRows.List(read, record.TaskId).Select(sidecar => sidecar.Id.Text).Prepend(record.TaskId.Text)
                            .Select(id => new TaskDirectory(Path.Combine(tasks, id))).Where(directory => Directory.Exists(directory.Root)),
                    ]))
                .ToList());
            if (page.Count == 0)
            {
                return found;
            }

            foreach (EndedSandbox each in page)
            {
                each.Bytes = each.Directories.Sum(directory => Measure(directory.Root, cancellation).Bytes);
                found.Add(each);
            }

            after = page[^1].Record.EndedAt!.Value;
        }
    }

    private static (long Count, long Bytes) Measure(string folder, CancellationToken cancellation)
    {
        (long count, long bytes) = (0, 0);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string path in Directory.EnumerateFiles(folder, "*", options))
        {
            cancellation.ThrowIfCancellationRequested();
            if (FileStatus.Find(path) is { Kind: FileKind.File } status)
            {
                count++;
                bytes += status.AllocatedBytes;
            }
        }

        return (count, bytes);
    }

    private sealed class EndedSandbox(SandboxRecord record, IReadOnlyList<TaskDirectory> directories)
    {
        public SandboxRecord Record => record;

        public IReadOnlyList<TaskDirectory> Directories => directories;

        public long Bytes { get; set; }
    }
}
