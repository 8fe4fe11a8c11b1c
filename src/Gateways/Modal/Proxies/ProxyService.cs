using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;

namespace Appliance.Gateways.Modal.Proxies;

/// <summary>
/// Proxies: names that code written for several machines looks up. Containers leave through the machine they run on, so
/// a proxy has no addresses of its own.
/// </summary>
public sealed class ProxyService(MetadataStore store) : ModalClient.ModalClientBase
{
    private const string Instead = "containers leave through the address of the machine that this appliance runs on.";

    public override Task<ProxyGetResponse> ProxyGet(ProxyGetRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => new ProxyGetResponse
        {
            Proxy = ToProxy(read, ObjectDirectory.GetByName<ProxyId>(read, caller, request.EnvironmentName, request.Name)),
        }));
    }

    public override Task<ProxyCreateResponse> ProxyCreate(ProxyCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        var wanted = new ObjectRequest(request.Name, request.EnvironmentName, CreationMode.CreateNew);
        return store.WriteOnceAsync(context, request, write => new ProxyCreateResponse
        {
            Proxy = ToProxy(write, ObjectDirectory.Create<ProxyId>(write, caller, wanted)),
        });
    }

    public override Task<ProxyGetOrCreateResponse> ProxyGetOrCreate(ProxyGetOrCreateRequest request, ServerCallContext context) =>
        store.GetOrCreateAsync<ProxyId, ProxyGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.DeploymentName, request.EnvironmentName, request.ObjectCreationType),
            (_, _) => { },
            (_, found) => new ProxyGetOrCreateResponse { ProxyId = found.Id });

    /// <summary>Those of all environments: the request names none.</summary>
    public override Task<ProxyListResponse> ProxyList(Empty request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            var response = new ProxyListResponse();
            foreach (EnvironmentRecord environment in EnvironmentRows.List(read, caller.WorkspaceId))
            {
                response.Proxies.AddRange(ObjectDirectory
                    .List<ProxyId>(read, environment, DateTimeOffset.MaxValue, int.MaxValue)
                    .Select(record => ToProxy(read, record)));
            }

            return response;
        }));
    }

    public override Task<Empty> ProxyDelete(ProxyDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Delete<ProxyId>(write, caller, request.ProxyId);
            return new Empty();
        });
    }

    public override Task<ProxyAddIpResponse> ProxyAddIp(ProxyAddIpRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        store.Read(read => ObjectDirectory.Get<ProxyId>(read, caller, request.ProxyId));
        throw new ApplianceException(ErrorKind.Unimplemented, "Proxies have no addresses of their own here: " + Instead);
    }

    public override Task<Empty> ProxyRemoveIp(ProxyRemoveIpRequest request, ServerCallContext context) =>
        throw new ApplianceException(ErrorKind.NotFound, $"No proxy has the address '{request.ProxyIp}': {Instead}");

    private static Proxy ToProxy(ReadTransaction read, ObjectRecord record) => new()
    {
        ProxyId = record.Id,
        Name = record.Name ?? string.Empty,
        CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
        EnvironmentName = EnvironmentRows.Find(read, record.EnvironmentId)!.Name,
    };
}
