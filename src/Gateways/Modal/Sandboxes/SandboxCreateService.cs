using Appliance.Core.Ids;
using Appliance.Engine;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>The birth of sandboxes, in both families of calls (contracts/sandbox.md §2).</summary>
public sealed class SandboxCreateService(
    MetadataStore store, SandboxCreation creation, SandboxSupervisor supervisor, CommandRouterLinks links) : ModalClient.ModalClientBase
{
    public override async Task<SandboxCreateResponse> SandboxCreate(SandboxCreateRequest request, ServerCallContext context)
    {
        SandboxDefinition definition = SandboxWords.ToDefinition(request.Definition);
        var wanted = new SandboxRequest(
            ObjectId.Read<AppId>(request.AppId),
            IsVersion2: false,
            NameOf(request.Definition),
            definition,
            [.. ContainerWords.ToVariables(request.Definition.EnvironmentVariables)],
            SandboxWords.ToTags(request.Tags));
        (SandboxCreateResponse response, _) = await CreateAsync(context, request, wanted, stored => new SandboxCreateResponse
        {
            SandboxId = stored.Id.Text,
            Metadata = SandboxWords.ToMetadata(stored),
        });
        return response;
    }

    public override async Task<SandboxCreateV2Response> SandboxCreateV2(SandboxCreateV2Request request, ServerCallContext context)
    {
        SandboxDefinition definition = SandboxWords.ToDefinition(request.Definition);
        VariableSource[] variables =
        [
            .. ContainerWords.ToVariables(request.Definition.EnvironmentVariables),
            .. ContainerWords.ToVariables(request.EphemeralSecrets),
            .. ContainerWords.ToVariables(request.SecretSources),
        ];
        var wanted = new SandboxRequest(
            ObjectId.Read<AppId>(request.AppId),
            IsVersion2: true,
            NameOf(request.Definition),
            definition,
            variables,
            SandboxWords.ToTags(request.Tags));
        (SandboxCreateV2Response response, SandboxRecord? stored) = await CreateAsync(context, request, wanted, created => new SandboxCreateV2Response
        {
            SandboxId = created.Id.Text,
            TaskId = created.TaskId.Text,
            Metadata = SandboxWords.ToMetadata(created),
        });
        if (stored is not null)
        {
            response.CommandRouterAccess = links.Issue(stored.TaskId, context);
        }

        return response;
    }

    private static string? NameOf(Sandbox definition) => definition.HasName && definition.Name.Length > 0 ? definition.Name : null;

    /// <summary>The sandbox begins once it is stored; a repeated call gets the same answer and begins nothing.</summary>
    private async Task<(TResponse Response, SandboxRecord? Stored)> CreateAsync<TResponse>(
        ServerCallContext context, Google.Protobuf.IMessage request, SandboxRequest wanted, Func<SandboxRecord, TResponse> answer)
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        Caller caller = context.GetCaller();
        SandboxRecord? stored = null;
        await creation.CheckMachineAsync(wanted.Definition);
        TResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            stored = creation.Create(write, caller, wanted);
            return answer(stored);
        });
        if (stored is not null)
        {
            supervisor.Begin(stored);
        }

        return (response, stored);
    }
}
