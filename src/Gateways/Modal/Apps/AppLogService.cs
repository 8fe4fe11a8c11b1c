using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Apps;
using Appliance.Engine.Logs;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>The logs of apps (contracts/modal.md §2): followed from a place on, or fetched for a time.</summary>
public sealed class AppLogService(MetadataStore store, AppRuns apps, AppLogs logs, DrainSignal drain) : ModalClient.ModalClientBase
{
    private const int FetchedMax = 20_000;

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    public override async Task AppGetLogs(AppGetLogsRequest request, IServerStreamWriter<TaskLogsBatch> responses, ServerCallContext context)
    {
        AppId app = AppOf(context.GetCaller(), request.AppId, request.TaskId);
        Task ended = apps.WhenEndedAsync(app);
        AppLog log = logs.Of(app);
        long place = ReadCursor(request.LastEntryId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        if (request.Timeout > 0)
        {
            stop.CancelAfter(TimeSpan.FromSeconds(Math.Min(request.Timeout, LongestHold.TotalSeconds)));
        }

        var filter = new LogFilter(request.TaskId, request.FunctionId, request.FileDescriptor, request.SearchText);
        try
        {
            while (true)
            {
                bool isOver = ended.IsCompleted;
                foreach ((AppLogEntry entry, long next) in log.Read(place))
                {
                    place = next;
                    if (filter.Takes(entry))
                    {
                        await responses.WriteAsync(LogWords.ToBatch(entry, Cursor(next)), stop.Token);
                    }
                    else if (entry.IsMark && request.Timeout > 0 && !isOver)
                    {
                        await responses.WriteAsync(LogWords.ToMark(entry, Cursor(next)), stop.Token);
                    }
                }

                if (isOver || request.Timeout <= 0)
                {
                    break;
                }

                using var more = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                await Task.WhenAny(log.WaitAsync(place, more.Token), ended).WaitAsync(stop.Token);
                await more.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // The time is up: the client opens the next stream at its place.
            return;
        }

        if (ended.IsCompleted)
        {
            // By itself and last: what comes with it is not shown.
            await responses.WriteAsync(new TaskLogsBatch { AppDone = true });
        }
    }

    public override Task<AppFetchLogsResponse> AppFetchLogs(AppFetchLogsRequest request, ServerCallContext context)
    {
        AppId app = AppOf(context.GetCaller(), request.AppId, request.TaskId);
        int limit = request.Limit == 0 ? FetchedMax : (int)Math.Min(request.Limit, FetchedMax);
        var filter = new LogFilter(request.TaskId, request.FunctionId, request.Source, request.SearchText, request.Since, request.Until);
        var newest = new Queue<TaskLogsBatch>();
        foreach ((AppLogEntry entry, long next) in logs.Of(app).Read(0))
        {
            if (filter.Takes(entry))
            {
                newest.Enqueue(LogWords.ToBatch(entry, Cursor(next)));
                if (newest.Count > limit)
                {
                    newest.Dequeue();
                }
            }
        }

        return Task.FromResult(new AppFetchLogsResponse { Batches = { newest } });
    }

    public override Task<AppCountLogsResponse> AppCountLogs(AppCountLogsRequest request, ServerCallContext context)
    {
        AppId app = AppOf(context.GetCaller(), request.AppId, request.TaskId);
        if (request.BucketSecs == 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "How long is a bucket? bucket_secs is missing.");
        }

        var filter = new LogFilter(request.TaskId, request.FunctionId, request.Source, request.SearchText, request.Since, request.Until);
        SortedDictionary<long, AppCountLogsResponse.Types.LogBucket> buckets = [];
        foreach ((AppLogEntry entry, _) in logs.Of(app).Read(0))
        {
            if (filter.Takes(entry))
            {
                LogWords.Count(buckets, entry, request.BucketSecs);
            }
        }

        return Task.FromResult(new AppCountLogsResponse { AppId = app.Text, Buckets = { buckets.Values } });
    }

    private AppId AppOf(Caller caller, string appId, string taskId) => store.Read(read =>
    {
        if (appId.Length == 0 && taskId.Length == 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "Whose logs? The request names no app and no task.");
        }

        if (appId.Length == 0)
        {
            return SandboxRows.FindByTask(read, ObjectId.Read<TaskId>(taskId)) is { } task && task.WorkspaceId.Equals(caller.WorkspaceId)
                ? task.AppId
                : throw new ApplianceException(ErrorKind.NotFound, $"Task '{taskId}' not found.");
        }

        AppId id = ObjectId.Read<AppId>(appId);
        return AppRows.Find(read, id) is { } found && !found.WorkspaceId.Equals(caller.WorkspaceId)
            ? throw new ApplianceException(ErrorKind.NotFound, $"App '{appId}' not found.")
            : id;
    });

    private static long ReadCursor(string cursor)
    {
        int dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return long.TryParse(dash < 0 ? cursor : cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long place) ? place : 0;
    }

    private static string Cursor(long place) => string.Create(CultureInfo.InvariantCulture, $"{place}-0");
}
