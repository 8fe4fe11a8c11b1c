using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Secrets;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Appliance.Secrets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;

namespace Appliance.Gateways.Modal.Secrets;

/// <summary>Secrets. Values go in and never come back out (contracts/modal.md §6).</summary>
public sealed class SecretService(MetadataStore store, SecretVault vault) : ModalClient.ModalClientBase
{
    public override Task<SecretGetOrCreateResponse> SecretGetOrCreate(SecretGetOrCreateRequest request, ServerCallContext context)
    {
        ObjectRequest wanted = ObjectCalls.ToRequest(
            request.DeploymentName, request.EnvironmentName, request.ObjectCreationType, request.AppId);
        Caller caller = context.GetCaller();
        if (wanted.Mode == CreationMode.Overwrite)
        {
            return store.WriteOnceAsync(context, WithoutValues(request), write => Overwrite(write, caller, wanted, request));
        }

        IMessage remembered = wanted.Mode == CreationMode.LookUp ? request : WithoutValues(request);
        return store.GetOrCreateAsync<SecretId, SecretGetOrCreateResponse>(
            context,
            remembered,
            wanted,
            (write, made) => vault.Write(write, made.IdAs<SecretId>(), request.EnvDict),
            (read, found) => Answer(read, found, request));
    }

    public override Task<Empty> SecretUpdate(SecretUpdateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        SecretId id = ObjectId.Read<SecretId>(request.SecretId);
        var remembered = new SecretUpdateRequest { SecretId = vault.Fingerprint(request.ToByteArray()) };
        return store.WriteOnceAsync(context, remembered, write =>
        {
            vault.Update(write, caller, id, request.Updates.Select(update =>
                KeyValuePair.Create(update.Key, update.HasValue ? update.Value : null)));
            return new Empty();
        });
    }

    public override Task<SecretGetInfoResponse> SecretGetInfo(SecretGetInfoRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => new SecretGetInfoResponse
        {
            Metadata = ToMetadata(read, ObjectDirectory.Get<SecretId>(read, caller, request.SecretId)),
        }));
    }

    public override Task<SecretListResponse> SecretList(SecretListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            ObjectPage page = ObjectPage.Read<SecretId>(read, caller, request.EnvironmentName, request.Pagination);
            var response = new SecretListResponse { EnvironmentName = page.EnvironmentName };
            response.Items.AddRange(page.Objects.Select(record => ToItem(read, record, page.EnvironmentName)));
            return response;
        }));
    }

    public override Task<Empty> SecretDelete(SecretDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ObjectDirectory.Delete<SecretId>(write, caller, request.SecretId);
            return new Empty();
        });
    }

    /// <summary>The id stays, so that what was deployed with the secret sees the new values.</summary>
    private SecretGetOrCreateResponse Overwrite(
        WriteTransaction write, Caller caller, ObjectRequest wanted, SecretGetOrCreateRequest request)
    {
        ObjectRecord secret = ObjectDirectory.Find<SecretId>(write, caller, wanted.EnvironmentName, wanted.Name)
            ?? ObjectDirectory.Create<SecretId>(write, caller, wanted);
        vault.Write(write, secret.IdAs<SecretId>(), request.EnvDict);
        return Answer(write, secret, request);
    }

    /// <summary>
    /// What may be remembered of a request, to know it again: a digest of short values would give them away to whoever
    /// gets hold of the database.
    /// </summary>
    private SecretGetOrCreateRequest WithoutValues(SecretGetOrCreateRequest request)
    {
        var rest = new SecretGetOrCreateRequest
        {
            DeploymentName = request.DeploymentName,
            EnvironmentName = request.EnvironmentName,
            ObjectCreationType = request.ObjectCreationType,
            AppId = request.AppId,
            RequiredKeys = { request.RequiredKeys },
        };
        rest.EnvDict.Add(string.Empty, vault.Fingerprint(request.ToByteArray()));
        return rest;
    }

    private static SecretGetOrCreateResponse Answer(ReadTransaction read, ObjectRecord found, SecretGetOrCreateRequest request)
    {
        SecretVault.RequireKeys(SecretRows.Find(read, found.IdAs<SecretId>()), request.RequiredKeys);
        return new SecretGetOrCreateResponse { SecretId = found.Id, Metadata = ToMetadata(read, found) };
    }

    private static SecretListItem ToItem(ReadTransaction read, ObjectRecord record, string environmentName) => new()
    {
        Label = record.Name,
        CreatedAt = ObjectCalls.ToUnixSeconds(record.CreatedAt),
        LastUsedAt = SecretRows.Find(read, record.IdAs<SecretId>())?.LastUsedAt is { } time ? ObjectCalls.ToUnixSeconds(time) : 0,
        EnvironmentName = environmentName,
        SecretId = record.Id,
        Metadata = ToMetadata(read, record),
    };

    private static SecretMetadata ToMetadata(ReadTransaction read, ObjectRecord record)
    {
        var metadata = new SecretMetadata
        {
            Name = record.Name ?? string.Empty,
            CreationInfo = ObjectCalls.ToCreationInfo(record),
            EnvironmentName = EnvironmentRows.Find(read, record.EnvironmentId)!.Name,
        };
        metadata.Keys.AddRange(SecretRows.Find(read, record.IdAs<SecretId>())?.Keys ?? []);
        return metadata;
    }
}
