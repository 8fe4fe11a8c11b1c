using System.Text;
using Appliance.Engine.Logs;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>Entries of logs in this protocol's words.</summary>
internal static class LogWords
{
    public static TaskLogsBatch ToBatch(AppLogEntry entry, string cursor) => new()
    {
        EntryId = cursor,
        TaskId = entry.TaskId,
        FunctionId = entry.FunctionId,
        Items =
        {
            new TaskLogs
            {
                Data = Encoding.UTF8.GetString(entry.Text.Span),
                FileDescriptor = entry.IsError ? FileDescriptor.Stderr : FileDescriptor.Stdout,
                Timestamp = entry.At.ToUnixTimeMilliseconds() / 1000.0,
                TimestampNs = (ulong)entry.At.ToUnixTimeMilliseconds() * 1_000_000,
            },
        },
    };

    /// <summary>What a mark tells the client that follows the log of an interactive run (contracts/modal.md §2).</summary>
    public static TaskLogsBatch ToMark(AppLogEntry entry, string cursor) => entry.SourceEnd == AppLogEntry.ShellBegins
        ? new() { EntryId = cursor, TaskId = entry.TaskId, PtyExecId = entry.TaskId }
        : new() { EntryId = cursor, TaskId = entry.TaskId, Eof = true };

    public static void Count(IDictionary<long, AppCountLogsResponse.Types.LogBucket> buckets, AppLogEntry entry, uint bucketSeconds)
    {
        long start = entry.At.ToUnixTimeSeconds() / bucketSeconds * bucketSeconds;
        if (!buckets.TryGetValue(start, out AppCountLogsResponse.Types.LogBucket? bucket))
        {
            buckets[start] = bucket = new() { BucketStartAt = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(start)) };
        }

        if (entry.IsError)
        {
            bucket.StderrLogs++;
        }
        else
        {
            bucket.StdoutLogs++;
        }
    }
}

/// <summary>Which entries a client wants; what is empty leaves all.</summary>
internal sealed class LogFilter(
    string taskId, string functionId, FileDescriptor stream, string text, Timestamp? since = null, Timestamp? until = null)
{
    private readonly DateTimeOffset from = since?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;
    private readonly DateTimeOffset to = until?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;

    public bool Takes(AppLogEntry entry) =>
        !entry.IsMark
        && (taskId.Length == 0 || entry.TaskId == taskId)
        && (functionId.Length == 0 || entry.FunctionId == functionId)
        && (stream is not (FileDescriptor.Stdout or FileDescriptor.Stderr) || entry.IsError == (stream == FileDescriptor.Stderr))
        && entry.At >= from && entry.At <= to
        && (text.Length == 0 || Encoding.UTF8.GetString(entry.Text.Span).Contains(text, StringComparison.OrdinalIgnoreCase));
}
