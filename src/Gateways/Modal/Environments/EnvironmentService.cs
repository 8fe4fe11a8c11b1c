using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Environments;

/// <summary>Environments. An empty name means the default one, which only the server knows (contracts/modal.md §1).</summary>
public sealed class EnvironmentService(MetadataStore store, EnvironmentDirectory environments, ObjectReaper reaper) : ModalClient.ModalClientBase
{
    public override async Task<EnvironmentGetOrCreateResponse> EnvironmentGetOrCreate(
        EnvironmentGetOrCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        string name = request.DeploymentName;
        switch (request.ObjectCreationType)
        {
            case ObjectCreationType.Unspecified:
                return Answer(environments.Get(caller, name));
            case ObjectCreationType.CreateIfMissing:
                return environments.Find(caller, name) is { } present
                    ? Answer(present)
                    : await store.WriteOnceAsync(context, request, write =>
                        Answer(EnvironmentDirectory.Find(write, caller, name) ?? EnvironmentDirectory.Create(write, caller, name)));
            case ObjectCreationType.CreateFailIfExists:
                return await store.WriteOnceAsync(context, request, write =>
                    Answer(EnvironmentDirectory.Create(write, caller, name)));
            default:
                throw new Core.Errors.ApplianceException(
                    Core.Errors.ErrorKind.InvalidArgument,
                    $"Environment '{name}' cannot be had with '{request.ObjectCreationType}': environments are looked up, created if missing, or created.");
        }
    }

    public override Task<EnvironmentListResponse> EnvironmentList(Empty request, ServerCallContext context)
    {
        var response = new EnvironmentListResponse();
        response.Items.AddRange(environments.List(context.GetCaller()).Select(record => new EnvironmentListItem
        {
            EnvironmentId = record.Id.Text,
            Name = record.Name,
            WebhookSuffix = record.WebhookSuffix,
            CreatedAt = record.CreatedAt.ToUnixTimeMilliseconds() / 1000.0,
            Default = record.Role == Metadata.Identity.EnvironmentRole.Default,
        }));
        return Task.FromResult(response);
    }

    public override Task<Empty> EnvironmentCreate(EnvironmentCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            EnvironmentDirectory.Create(write, caller, request.Name);
            return new Empty();
        });
    }

    public override Task<EnvironmentListItem> EnvironmentUpdate(EnvironmentUpdateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            EnvironmentRecord changed = EnvironmentDirectory.Update(write, caller, request.CurrentName, request.Name, request.WebSuffix);
            return new EnvironmentListItem { EnvironmentId = changed.Id.Text, Name = changed.Name, WebhookSuffix = changed.WebhookSuffix };
        });
    }

    public override async Task<Empty> EnvironmentDelete(EnvironmentDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        Empty response = await store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.DeleteIn(write, EnvironmentDirectory.Get(write, caller, request.Name));
            EnvironmentDirectory.Delete(write, caller, request.Name);
            return new Empty();
        });

        // Its apps run until then.
        reaper.Hurry();
        return response;
    }

    private static EnvironmentGetOrCreateResponse Answer(EnvironmentRecord record) => new()
    {
        EnvironmentId = record.Id.Text,
        Metadata = new EnvironmentMetadata
        {
            Name = record.Name,
            Settings = new EnvironmentSettings
            {
                ImageBuilderVersion = record.ImageBuilderVersion,
                WebhookSuffix = record.WebhookSuffix,
            },
        },
    };
}
