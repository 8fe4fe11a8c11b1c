using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WorkspaceRows = Appliance.Metadata.Identity.Workspaces;

namespace Appliance.Gateways.Modal.Workspaces;

/// <summary>The one workspace: its owner, who is its only member, and its settings.</summary>
public sealed class WorkspaceService(MetadataStore store, WorkspaceModel workspace, PublicAddress address) : ModalClient.ModalClientBase
{
    public override Task<WorkspaceMembersListResponse> WorkspaceMembersList(Empty request, ServerCallContext context)
    {
        WorkspaceRecord record = store.Read(read => WorkspaceRows.Find(read, workspace.Id))!;
        return Task.FromResult(new WorkspaceMembersListResponse
        {
            Members =
            {
                new WorkspaceMembersListItem
                {
                    MemberId = workspace.OwnerId,
                    UserId = workspace.OwnerId,
                    MemberDisplayname = workspace.Name,
                    MemberRole = MemberRole.Owner,
                    JoinedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
                },
            },
        });
    }

    public override Task<WorkspaceSettingsResponse> WorkspaceSettings(Empty request, ServerCallContext context)
    {
        EnvironmentRecord standard = store.Read(read => EnvironmentDirectory.Get(read, context.GetCaller(), ""));
        return Task.FromResult(new WorkspaceSettingsResponse
        {
            DefaultEnvironmentName = standard.Name, ImageBuilderVersion = standard.ImageBuilderVersion,
        });
    }

    public override Task<Empty> WorkspaceSetDefaultEnvironment(WorkspaceSetDefaultEnvironmentRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            EnvironmentDirectory.MakeDefault(write, caller, request.EnvironmentName);
            return new Empty();
        });
    }

    public override Task<WorkspaceSetImageBuilderVersionResponse> WorkspaceSetImageBuilderVersion(
        WorkspaceSetImageBuilderVersionRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            EnvironmentDirectory.SetImageBuilderVersion(write, caller, request.NewImageBuilderVersion);
            return new WorkspaceSetImageBuilderVersionResponse { ImageBuilderVersion = request.NewImageBuilderVersion };
        });
    }

    /// <summary>The figures of the appliance: there is no other page of all of it.</summary>
    public override Task<WorkspaceDashboardUrlResponse> WorkspaceDashboardUrlGet(WorkspaceDashboardUrlRequest request, ServerCallContext context)
    {
        store.Read(read => EnvironmentDirectory.Get(read, context.GetCaller(), request.EnvironmentName));
        return Task.FromResult(new WorkspaceDashboardUrlResponse { Url = address.HttpUrl("/metrics") });
    }

    /// <summary>Whoever has a token may do everything in every environment.</summary>
    public override Task<EnvironmentGetRolesResponse> EnvironmentGetRoles(EnvironmentGetRolesRequest request, ServerCallContext context)
    {
        EnvironmentRecord environment = store.Read(read => EnvironmentDirectory.GetById(read, context.GetCaller(), request.EnvironmentId));
        return Task.FromResult(new EnvironmentGetRolesResponse
        {
            Name = environment.Name,
            CreatedAt = ObjectCalls.ToUnixSeconds(environment.CreatedAt),
            PrincipalRoles =
            {
                new EnvironmentGetRolesResponse.Types.Principal
                {
                    UserId = workspace.OwnerId,
                    UserName = workspace.Name,
                    Role = Protos.Modal.EnvironmentRole.Contributor,
                    RoleStr = "contributor",
                    MemberRole = MemberRole.Owner,
                },
            },
        });
    }

    /// <summary>No templates come with the appliance.</summary>
    public override Task<TemplateListResponse> TemplateList(TemplateListRequest request, ServerCallContext context) =>
        Task.FromResult(new TemplateListResponse());
}
