using System.Net;
using System.Net.Sockets;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Functions;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// Host names that users note as their own. A function need not name a noted one; what is told of each is where its DNS
/// must lead, and whether the appliance's certificate covers it.
/// </summary>
/// <param name="store">Where they are noted.</param>
/// <param name="address">Where their DNS must lead.</param>
/// <param name="covers">Whether callers with TLS get a certificate for a name.</param>
public sealed class DomainService(MetadataStore store, PublicAddress address, Func<string, bool> covers) : ModalClient.ModalClientBase
{
    /// <exception cref="ApplianceException">InvalidArgument: it can be none. AlreadyExists: it is noted.</exception>
    public override Task<DomainCreateResponse> DomainCreate(DomainCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        string name = new WebDomains(address, []).Check(request.DomainName);
        return store.WriteOnceAsync(context, request, write =>
        {
            if (DomainRows.Find(write, caller.WorkspaceId, name) is { } present)
            {
                throw new ApplianceException(ErrorKind.AlreadyExists, $"Domain '{name}' is noted already, as '{present.Id}'.");
            }

            var record = new DomainRecord(ObjectId.Mint<DomainId>(), caller.WorkspaceId, name, write.Now);
            DomainRows.Add(write, record);
            return new DomainCreateResponse { DomainId = record.Id.Text, DnsRecords = { RecordOf(name) } };
        });
    }

    public override Task<DomainListResponse> DomainList(DomainListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => new DomainListResponse { Domains = { DomainRows.List(read, caller.WorkspaceId).Select(Describe) } }));
    }

    /// <exception cref="ApplianceException">InvalidArgument: no such kind of id. NotFound.</exception>
    public override Task<DomainCertificateVerifyResponse> DomainCertificateVerify(DomainCertificateVerifyRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        var id = ObjectId.Read<DomainId>(request.DomainId);
        DomainRecord found = store.Read(read => DomainRows.Find(read, caller.WorkspaceId, id))
            ?? throw new ApplianceException(ErrorKind.NotFound, $"Domain '{id}' not found: it was never noted here.");
        return Task.FromResult(new DomainCertificateVerifyResponse { Domain = Describe(found) });
    }

    private Domain Describe(DomainRecord record) => new()
    {
        DomainId = record.Id.Text,
        DomainName = record.Name,
        CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
        CertificateStatus = covers(record.Name) ? CertificateStatus.Issued : CertificateStatus.Pending,
        DnsRecords = { RecordOf(record.Name) },
    };

    private DNSRecord RecordOf(string name) => new()
    {
        Type = IPAddress.TryParse(address.HostName, out IPAddress? own) && own.AddressFamily == AddressFamily.InterNetwork ? DNSRecordType.A : DNSRecordType.Cname,
        Name = name,
        Value = address.HostName,
    };
}
