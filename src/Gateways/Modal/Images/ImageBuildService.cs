using Appliance.Core.Digests;
using Appliance.Core.Lifetime;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Images;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Building.Logs;
using Appliance.Metadata;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Images;

/// <summary>Builds of images: asked for, followed (contracts/modal.md §2, contracts/sandbox.md §5).</summary>
public sealed class ImageBuildService(
    MetadataStore store, ImageLibrary library, ImageBuilds builds, DrainSignal drain, TimeProvider clock) : ModalClient.ModalClientBase
{
    private const double TimeoutSecondsMax = 600;
    private const double DefaultTimeoutSeconds = 55;

    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(20);

    public override async Task<ImageGetOrCreateResponse> ImageGetOrCreate(ImageGetOrCreateRequest request, ServerCallContext context)
    {
        if (request.ExistingImageId.Length > 0)
        {
            return Answer(await builds.FindAsync(request.ExistingImageId, context.CancellationToken));
        }

        request.Image ??= new Image();
        BuildMode mode = request.ForceBuild ? BuildMode.Replace : request.IgnoreCache ? BuildMode.Ignore : BuildMode.UseCache;
        if (mode != BuildMode.UseCache && store.FindReply<ImageGetOrCreateResponse>(context, request) is { } repeated)
        {
            return Answer(await builds.FindAsync(repeated.ImageId, context.CancellationToken));
        }

        Caller caller = context.GetCaller();
        Digest definition = store.Read(read =>
        {
            ImageRequestReader.Check(read, caller, request.Image);
            return ImageDefinition.Of(read, request);
        });
        BuildOutcome outcome = await builds.RequestAsync(definition, request.ToByteArray(), mode, context.CancellationToken);
        if (mode != BuildMode.UseCache)
        {
            var promised = new ImageGetOrCreateResponse { ImageId = outcome.Id };
            await store.WriteAsync(write => write.RememberReply(context, request, promised), context.CancellationToken);
        }

        return Answer(outcome);
    }

    public override async Task ImageJoinStreaming(
        ImageJoinStreamingRequest request, IServerStreamWriter<ImageJoinStreamingResponse> responses, ServerCallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        double seconds = request.Timeout is > 0 and < (float)TimeoutSecondsMax ? request.Timeout : DefaultTimeoutSeconds;
        DateTimeOffset end = clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        var text = new BuildLogText();
        string cursor = request.LastEntryId;
        bool wantsLogs = request.IncludeLogsForFinished || cursor.Length > 0;
        try
        {
            while (true)
            {
                BuildOutcome outcome = await builds.FindAsync(request.ImageId, stop.Token);
                wantsLogs |= !outcome.HasEnded;
                TimeSpan left = outcome.HasEnded ? TimeSpan.Zero : end - clock.GetUtcNow();
                IReadOnlyList<BuildLogEntry> entries = wantsLogs
                    ? await builds.ReadLogAsync(request.ImageId, cursor, left > PauseMax ? PauseMax : left > TimeSpan.Zero ? left : TimeSpan.Zero, stop.Token)
                    : [];
                if (entries.Count > 0)
                {
                    cursor = entries[^1].Cursor;
                    await responses.WriteAsync(text.Describe(entries));
                }
                else if (outcome.HasEnded)
                {
                    await responses.WriteAsync(new ImageJoinStreamingResponse
                    {
                        Result = ImageAnswers.ResultOf(outcome), Metadata = ImageAnswers.MetadataOf(library, outcome), EntryId = cursor, Eof = true,
                    });
                    return;
                }
                else if (clock.GetUtcNow() >= end)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (drain.Token.IsCancellationRequested)
        {
            // A stream that ends without a result is opened again, by then at the next server.
        }
    }

    public override Task<ImageBuildChainGetResponse> ImageBuildChainGet(ImageBuildChainGetRequest request, ServerCallContext context)
    {
        var response = new ImageBuildChainGetResponse();
        Appliance.Images.Catalog.Image? image = library.Images.Get(Appliance.Core.Ids.ObjectId.Read<Appliance.Core.Ids.ImageId>(request.ImageId));
        List<ImageBuildStep> steps = [];
        for (string? id = image.Id.Text; id is not null; id = BaseOf(id))
        {
            var step = new ImageBuildStep { ImageId = id };
            if (builds.FindTimes(id) is { } times)
            {
                step.StartedAt = Timestamp.FromDateTimeOffset(times.CreatedAt);
                step.FinishedAt = times.EndedAt is { } ended ? Timestamp.FromDateTimeOffset(ended) : null;
            }

            steps.Add(step);
        }

        steps.Reverse();
        response.BuildSteps.AddRange(steps);
        return Task.FromResult(response);
    }

    private string? BaseOf(string id) => builds.FindRequest(id) is { } stored
        ? ImageGetOrCreateRequest.Parser.ParseFrom(stored).Image.BaseImages.FirstOrDefault()?.ImageId
        : null;

    private ImageGetOrCreateResponse Answer(BuildOutcome outcome) => new()
    {
        ImageId = outcome.Id, Result = ImageAnswers.ResultOf(outcome), Metadata = ImageAnswers.MetadataOf(library, outcome),
    };
}
