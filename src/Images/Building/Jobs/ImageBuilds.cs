using System.Collections.Concurrent;
using System.Text;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Building.Logs;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Metadata;
using Appliance.Metadata.Images;
using Appliance.Metadata.Transactions;

namespace Appliance.Images.Building.Jobs;

/// <summary>
/// Builds on behalf of clients. A build's id is promised before it begins, and durable from then on; equal definitions are
/// one build. What a stopped server left running is begun again when somebody asks for it.
/// </summary>
public sealed class ImageBuilds : IAsyncDisposable
{
    /// <summary>How long a build may take in all.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromHours(6);

    private const int LogPartBytes = 512 * 1024;

    private readonly MetadataStore store;
    private readonly ImageBuilder builder;
    private readonly BuildFiles files;
    private readonly TimeProvider clock;
    private readonly Action<Exception> report;
    private readonly ConcurrentDictionary<string, BuildJob> jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource closing = new();

    internal ImageBuilds(MetadataStore store, ImageBuilder builder, BuildFiles files, TimeProvider clock, Action<Exception> report)
    {
        this.store = store;
        this.builder = builder;
        this.files = files;
        this.clock = clock;
        this.report = report;
    }

    /// <summary>Reads a stored request again; to be set by whoever stores requests.</summary>
    public Func<ReadOnlyMemory<byte>, BuildRequest>? Reader { get; set; }

    /// <summary>The image of a definition, or a build of it, which was begun if need be.</summary>
    /// <param name="definition">Names what is built.</param>
    /// <param name="request">All that it takes, in the form that <see cref="Reader"/> reads.</param>
    /// <param name="mode">What to do about an image that is there.</param>
    /// <param name="cancellation">Ends the wait only; what was begun goes on.</param>
    public async Task<BuildOutcome> RequestAsync(Digest definition, byte[] request, BuildMode mode, CancellationToken cancellation)
    {
        if (mode == BuildMode.UseCache && FindImage(definition) is { } image)
        {
            return new BuildOutcome(image.Id.Text, ImageBuildState.Succeeded, null, image);
        }

        string id;
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            (id, bool isBuilt) = await store.WriteAsync(write => Promise(write, definition, request, mode), cancellation).ConfigureAwait(false);
            if (!isBuilt && !jobs.ContainsKey(id))
            {
                Begin(id, definition, request, mode);
            }
        }
        finally
        {
            turn.Release();
        }

        return Describe(id);
    }

    /// <summary>How a build stands; begins it again if a stop of the server had ended it.</summary>
    /// <exception cref="ApplianceException">NotFound: no such build or image.</exception>
    public async Task<BuildOutcome> FindAsync(string id, CancellationToken cancellation)
    {
        BuildOutcome outcome = Describe(id);
        if (outcome.HasEnded || jobs.ContainsKey(id))
        {
            return outcome;
        }

        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!jobs.ContainsKey(id) && store.Read(read => ImageBuildRows.Find(read, id)) is { State: ImageBuildState.Running } row)
            {
                Begin(id, row.Definition, row.Request, BuildMode.UseCache);
            }
        }
        finally
        {
            turn.Release();
        }

        return Describe(id);
    }

    /// <summary>What a build said after a cursor; waits until there is something, the build has ended, or the time is over.</summary>
    public async Task<IReadOnlyList<BuildLogEntry>> ReadLogAsync(string id, string cursor, TimeSpan wait, CancellationToken cancellation)
    {
        jobs.TryGetValue(id, out BuildJob? job);
        Task grown = job?.Log.Grown ?? Task.CompletedTask;
        IReadOnlyList<BuildLogEntry> entries = BuildLog.Read(files.LogOf(id), cursor, LogPartBytes);
        if (entries.Count > 0 || job is null)
        {
            return entries;
        }

        await Task.WhenAny(grown, job.Work, Task.Delay(wait, clock, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return BuildLog.Read(files.LogOf(id), cursor, LogPartBytes);
    }

    /// <summary>Ends a build that runs; nothing happens when none does.</summary>
    public Task CancelAsync(string id) => jobs.TryGetValue(id, out BuildJob? job) ? job.CancelAsync() : Task.CompletedTask;

    /// <summary>When a build was asked for and when it ended; null for an image that was not built here.</summary>
    public (DateTimeOffset CreatedAt, DateTimeOffset? EndedAt)? FindTimes(string id) =>
        store.Read(read => ImageBuildRows.Find(read, id)) is { } row ? (row.CreatedAt, row.EndedAt) : null;

    /// <summary>What was asked for when the image was built; null for one that was not built here.</summary>
    public byte[]? FindRequest(string id) => store.Read(read => ImageBuildRows.Find(read, id))?.Request;

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        foreach (BuildJob job in jobs.Values)
        {
            await job.CancelAsync().ConfigureAwait(false);
            await job.Work.ConfigureAwait(false);
        }

        closing.Dispose();
        turn.Dispose();
    }

    // What takes the place of a cached image, or stands beside it, is a build of its own.
    private static Digest Key(Digest definition, BuildMode mode) =>
        mode == BuildMode.UseCache ? definition : Digest.Of(Encoding.UTF8.GetBytes($"{definition} {mode}"));

    private static (string Id, bool IsBuilt) Promise(WriteTransaction write, Digest definition, byte[] request, BuildMode mode)
    {
        // Whoever waited for the turn may find that the one before has built it.
        if (mode == BuildMode.UseCache && ImageRows.FindByDefinition(write, definition) is { } present)
        {
            return (present.Id, true);
        }

        Digest key = Key(definition, mode);
        if (ImageBuildRows.FindByDefinition(write, key) is { } known
            && (known.State == ImageBuildState.Running || mode == BuildMode.UseCache)
            && ImageRows.FindEvenRemoved(write, known.Id) is null)
        {
            ImageBuildRows.Begin(write, known.Id);
            return (known.Id, false);
        }

        string id = ObjectId.Mint<ImageId>().Text;
        ImageBuildRows.Add(write, id, key, request);
        return (id, false);
    }

    private Image? FindImage(Digest definition) =>
        store.Read(read => ImageRows.FindByDefinition(read, definition) is { } row ? ImageDirectory.Describe(read, row) : null);

    private BuildOutcome Describe(string id) => store.Read(read =>
    {
        if (ImageRows.Find(read, id) is { } image)
        {
            return new BuildOutcome(id, ImageBuildState.Succeeded, null, ImageDirectory.Describe(read, image));
        }

        ImageBuildRecord build = ImageBuildRows.Find(read, id) ?? throw ImageDirectory.NotFound(id);
        return new BuildOutcome(id, build.State, build.Failure, null);
    });

    private void Begin(string id, Digest definition, byte[] request, BuildMode mode)
    {
        var job = new BuildJob(BuildLog.Begin(files.LogOf(id), clock.GetUtcNow()));
        jobs[id] = job;
        job.Work = Task.Run(() => RunAsync(id, definition, request, mode, job));
    }

    private async Task RunAsync(string id, Digest definition, byte[] request, BuildMode mode, BuildJob job)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(job.Cancellation, limit.Token);
        try
        {
            await BuildAsync(id, definition, request, mode, job, stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await EndAsync(id, job, failure, limit.IsCancellationRequested).ConfigureAwait(false);
        }
        finally
        {
            jobs.TryRemove(id, out _);
            job.Dispose();
        }
    }

    private async Task BuildAsync(string id, Digest definition, byte[] request, BuildMode mode, BuildJob job, CancellationToken cancellation)
    {
        BuildRequest wanted = Reader!(request);
        if (wanted.RunFunctionAsync is { } runAsync)
        {
            using FunctionLayers made = await runAsync(cancellation).ConfigureAwait(false);
            await CreateAsync(id, definition, mode, made.Config, made.Layers).ConfigureAwait(false);
            return;
        }

        using BuiltImage built = await builder.BuildAsync(
            ImageId.FromText(id), wanted, line => Say(job, false, Encoding.UTF8.GetBytes(line)), (data, isError) => Say(job, isError, data), cancellation).ConfigureAwait(false);
        await CreateAsync(id, definition, mode, built.Config, built.Layers).ConfigureAwait(false);
    }

    private Task CreateAsync(string id, Digest definition, BuildMode mode, ImageConfig config, IReadOnlyList<LayerHold> layers)
    {
        var image = new NewImage(config, layers, ImageOrigin.Built)
        {
            Id = ImageId.FromText(id), Definition = mode == BuildMode.Ignore ? null : definition,
        };
        return store.WriteAsync(
            write =>
            {
                if (mode == BuildMode.Replace)
                {
                    ImageRows.ClearDefinition(write, definition);
                }

                ImageDirectory.Create(write, image);
                ImageBuildRows.End(write, id, ImageBuildState.Succeeded, null);
            },
            CancellationToken.None);
    }

    private ValueTask Say(BuildJob job, bool isError, ReadOnlyMemory<byte> data)
    {
        job.Tail.Add(data.Span);
        job.Log.Append(clock.GetUtcNow(), isError, data.Span);
        return ValueTask.CompletedTask;
    }

    private async Task EndAsync(string id, BuildJob job, Exception failure, bool isLate)
    {
        if (closing.IsCancellationRequested)
        {
            // Not ended but cut short: whoever asks for it next has it built again.
            return;
        }

        (ImageBuildState state, string text) = failure switch
        {
            ApplianceException known => (ImageBuildState.Failed, $"Image build for {id} failed: {known.Message}\n{job.Tail.Text()}"),
            OperationCanceledException when isLate => (ImageBuildState.TimedOut, $"Image build for {id} took longer than {Limit.TotalHours} hours and was ended."),
            OperationCanceledException => (ImageBuildState.Cancelled, $"Image build for {id} was cancelled."),
            _ => (ImageBuildState.Failed, $"Image build for {id} failed for a reason within the server; its log tells more.\n{job.Tail.Text()}"),
        };
        if (failure is not (ApplianceException or OperationCanceledException))
        {
            report(failure);
        }

        try
        {
            job.Log.Append(clock.GetUtcNow(), true, Encoding.UTF8.GetBytes(text.Split('\n')[0] + "\n"));
            await store.WriteAsync(write => ImageBuildRows.End(write, id, state, text)).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is ApplianceException or IOException)
        {
            report(fault);
        }
    }
}
