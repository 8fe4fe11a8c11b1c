using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Identity.ProxyTokens;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;
using ProxyTokenRows = Appliance.Metadata.Identity.ProxyTokens;

namespace Appliance.Gateways.Modal.Workspaces;

/// <summary>Tokens for callers of web functions; the protocol calls them webhook tokens.</summary>
public sealed class ProxyTokenService(MetadataStore store) : ModalClient.ModalClientBase
{
    public override Task<TokenCreateResponse> WebhookTokenCreate(WebhookTokenCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            (ProxyTokenRecord token, string secret) = ProxyTokenAuthority.Create(write, caller, request.Name, request.Scoped);
            return new TokenCreateResponse { TokenId = token.Id.Text, TokenSecret = secret };
        });
    }

    public override Task<WebhookToken> WebhookTokenUpdate(WebhookTokenUpdateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ProxyTokenRecord changed = ProxyTokenAuthority.Get(write, caller, request.TokenId) with { Name = ProxyTokenAuthority.CheckName(request.Name) };
            ProxyTokenRows.Rename(write, changed.Id, changed.Name);
            return Answer(changed);
        });
    }

    public override Task<Empty> WebhookTokenDelete(TokenDeleteRequest request, ServerCallContext context) =>
        ChangeAsync(context, request, (write, caller) =>
            ProxyTokenRows.Delete(write, ProxyTokenAuthority.Get(write, caller, request.TokenId).Id));

    public override Task<Empty> WebhookTokenEnvironmentAdd(WebhookTokenEnvironmentAddRequest request, ServerCallContext context) =>
        ChangeAsync(context, request, (write, caller) => ProxyTokenRows.Allow(
            write,
            ProxyTokenAuthority.Get(write, caller, request.TokenId).Id,
            EnvironmentDirectory.GetById(write, caller, request.EnvironmentId).Id));

    public override Task<Empty> WebhookTokenEnvironmentRemove(WebhookTokenEnvironmentRemoveRequest request, ServerCallContext context) =>
        ChangeAsync(context, request, (write, caller) => ProxyTokenAuthority.Forbid(
            write, caller, request.TokenId, EnvironmentDirectory.GetById(write, caller, request.EnvironmentId)));

    public override Task<WebhookTokenEnvironmentListResponse> WebhookTokenEnvironmentList(
        WebhookTokenEnvironmentListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            ProxyTokenRecord token = ProxyTokenAuthority.Get(read, caller, request.TokenId);
            var response = new WebhookTokenEnvironmentListResponse();
            response.EnvironmentIds.AddRange(token.IsScoped
                ? ProxyTokenRows.ListEnvironments(read, token.Id)
                : EnvironmentRows.List(read, caller.WorkspaceId).Select(environment => environment.Id.Text));
            return response;
        }));
    }

    public override Task<WebhookTokenListResponse> WebhookTokenList(Empty request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => Answer(ProxyTokenRows.List(read, caller.WorkspaceId))));
    }

    public override Task<WebhookTokenListResponse> WebhookTokenListForEnvironment(
        WebhookTokenListForEnvironmentRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            EnvironmentRecord environment = EnvironmentDirectory.Get(read, caller, request.EnvironmentName);
            return Answer(ProxyTokenRows.List(read, caller.WorkspaceId).Where(token => ProxyTokenAuthority.Opens(read, token, environment)));
        }));
    }

    private Task<Empty> ChangeAsync(ServerCallContext context, Google.Protobuf.IMessage request, Action<WriteTransaction, Caller> change)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            change(write, caller);
            return new Empty();
        });
    }

    private static WebhookTokenListResponse Answer(IEnumerable<ProxyTokenRecord> tokens)
    {
        var response = new WebhookTokenListResponse();
        response.Tokens.AddRange(tokens.Select(Answer));
        return response;
    }

    private static WebhookToken Answer(ProxyTokenRecord token) => new()
    {
        TokenId = token.Id.Text,
        Name = token.Name,
        Scoped = token.IsScoped,
        CreatedAt = ObjectCalls.ToUnixSeconds(token.CreatedAt),
    };
}
