using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tag = Appliance.Metadata.Sandboxes.SandboxTag;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Finding sandboxes: by name, by tag, in lists (contracts/sandbox.md §2).</summary>
public sealed class SandboxListService(SandboxDirectory directory) : ModalClient.ModalClientBase
{
    private const int PageSize = 100;

    public override Task<SandboxGetFromNameResponse> SandboxGetFromName(SandboxGetFromNameRequest request, ServerCallContext context)
    {
        SandboxRecord found = directory.GetByName(
            context.GetCaller(), request.EnvironmentName, request.AppName, request.SandboxName, request.IncludeTerminated);
        return Task.FromResult(new SandboxGetFromNameResponse { SandboxId = found.Id.Text, Metadata = SandboxWords.ToMetadata(found) });
    }

    public override Task<SandboxGetFromNameResponse> SandboxGetFromNameV2(SandboxGetFromNameRequest request, ServerCallContext context) =>
        SandboxGetFromName(request, context);

    public override Task<SandboxListResponse> SandboxList(SandboxListRequest request, ServerCallContext context)
    {
        var response = new SandboxListResponse();
        foreach ((SandboxRecord sandbox, IReadOnlyList<Tag> tags) in directory.List(context.GetCaller(), request.EnvironmentName, place => new SandboxQuery(
            place.Id,
            request.AppId.Length == 0 ? null : ObjectId.Read<AppId>(request.AppId),
            SandboxWords.ToTags(request.Tags),
            ToTime(request.BeforeTimestamp),
            request.IncludeFinished,
            PageSize)))
        {
            response.Sandboxes.Add(Describe(sandbox, tags));
        }

        return Task.FromResult(response);
    }

    public override Task<SandboxListResponse> SandboxListV2(SandboxListRequest request, ServerCallContext context) => SandboxList(request, context);

    public override Task<SandboxTagsGetResponse> SandboxTagsGet(SandboxTagsGetRequest request, ServerCallContext context)
    {
        var response = new SandboxTagsGetResponse();
        response.Tags.AddRange(SandboxWords.FromTags(directory.ListTags(context.GetCaller(), SandboxId.Read(request.SandboxId))));
        return Task.FromResult(response);
    }

    public override Task<SandboxTagsGetResponse> SandboxTagsGetV2(SandboxTagsGetRequest request, ServerCallContext context) =>
        SandboxTagsGet(request, context);

    public override async Task<Empty> SandboxTagsSet(SandboxTagsSetRequest request, ServerCallContext context)
    {
        await directory.SetTagsAsync(
            context.GetCaller(), SandboxId.Read(request.SandboxId), SandboxWords.ToTags(request.Tags), context.CancellationToken);
        return new Empty();
    }

    public override Task<Empty> SandboxTagsSetV2(SandboxTagsSetRequest request, ServerCallContext context) => SandboxTagsSet(request, context);

    public override async Task<SandboxSetNameResponse> SandboxSetName(SandboxSetNameRequest request, ServerCallContext context)
    {
        await directory.SetNameAsync(context.GetCaller(), SandboxId.Read(request.SandboxId), request.Name, context.CancellationToken);
        return new SandboxSetNameResponse();
    }

    private static SandboxInfo Describe(SandboxRecord sandbox, IReadOnlyList<Tag> tags)
    {
        SandboxDefinition definition = SandboxDefinition.Read(sandbox.Definition);
        var info = new SandboxInfo
        {
            Id = sandbox.Id.Text,
            CreatedAt = ObjectCalls.ToUnixSeconds(sandbox.CreatedAt),
            AppId = sandbox.AppId.Text,
            Name = sandbox.Name ?? "",
            ImageId = definition.ImageId,
            TimeoutSecs = (uint)definition.TimeoutSeconds,
            Metadata = SandboxWords.ToMetadata(sandbox),
            TaskInfo = Describe(sandbox, definition.Resources),
            ResourceInfo = new ResourceInfo { GpuType = definition.Resources.GpuType ?? "" },
        };
        info.Tags.AddRange(SandboxWords.FromTags(tags));
        if (definition.IdleTimeoutSeconds is { } idle)
        {
            info.IdleTimeoutSecs = (uint)idle;
        }

        if (sandbox.ReadyAt is { } ready)
        {
            info.ReadyAt = ObjectCalls.ToUnixSeconds(ready);
        }

        return info;
    }

    /// <summary>One that was enqueued and not started waits, which only those with GPUs do for long.</summary>
    private static TaskInfo Describe(SandboxRecord sandbox, SandboxResources resources) => new()
    {
        GpuType = resources.GpuType ?? "",
        GpuConfig = resources.GpuType is { } type ? new GPUConfig { GpuType = type, Count = Math.Max(1, resources.GpuCount) } : null,
        Id = sandbox.TaskId.Text,
        SandboxId = sandbox.Id.Text,
        EnqueuedAt = ObjectCalls.ToUnixSeconds(sandbox.CreatedAt),
        StartedAt = sandbox.StartedAt is { } started ? ObjectCalls.ToUnixSeconds(started) : 0,
        FinishedAt = sandbox.EndedAt is { } ended ? ObjectCalls.ToUnixSeconds(ended) : 0,
        Result = SandboxResult.Of(sandbox) is { } result ? ContainerWords.ToResult(result) : null,
    };

    /// <summary>Clients send back the time of the last row of a page; 0 on the first.</summary>
    private static DateTimeOffset ToTime(double unixSeconds) => unixSeconds <= 0 || unixSeconds > 1e11
        ? DateTimeOffset.MaxValue
        : DateTimeOffset.UnixEpoch.AddMicroseconds(Math.Round(unixSeconds * 1e6));
}
