using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Objects;

/// <summary>The calls that all kinds of objects have in common, as this protocol words them (contracts/modal.md §6).</summary>
public static class ObjectCalls
{
    /// <summary>Looks an object up or makes it, as the request says.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="context">Of the call; brings the caller and the idempotency key.</param>
    /// <param name="message">The call's request.</param>
    /// <param name="request">The same in neutral words.</param>
    /// <param name="prepare">Stores what a new object of the kind starts with, in the transaction that makes it.</param>
    /// <param name="answer">Words the reply; also checks what the request demands of an object that was there.</param>
    public static async Task<TResponse> GetOrCreateAsync<TId, TResponse>(
        this MetadataStore store,
        ServerCallContext context,
        IMessage message,
        ObjectRequest request,
        Action<WriteTransaction, ObjectRecord> prepare,
        Func<ReadTransaction, ObjectRecord, TResponse> answer)
        where TId : struct, IObjectId<TId>
        where TResponse : class, IMessage<TResponse>, new()
    {
        Caller caller = context.GetCaller();
        if (request.Mode == CreationMode.LookUp)
        {
            return store.Read(read => answer(read, ObjectDirectory.GetByName<TId>(read, caller, request.EnvironmentName, request.Name)));
        }

        if (request.Mode == CreationMode.CreateIfMissing)
        {
            TResponse? present = store.Read(read =>
                ObjectDirectory.Find<TId>(read, caller, request.EnvironmentName, request.Name) is { } found ? answer(read, found) : null);
            if (present is not null)
            {
                return present;
            }
        }

        return await store.WriteOnceAsync(context, message, write =>
        {
            ObjectRecord? present = request.Mode == CreationMode.CreateIfMissing
                ? ObjectDirectory.Find<TId>(write, caller, request.EnvironmentName, request.Name)
                : null;
            if (present is null)
            {
                present = ObjectDirectory.Create<TId>(write, caller, request);
                prepare(write, present);
            }

            return answer(write, present);
        }).ConfigureAwait(false);
    }

    /// <exception cref="ApplianceException">InvalidArgument: the mode is none of this protocol's; or the app id.</exception>
    public static ObjectRequest ToRequest(string name, string environmentName, ObjectCreationType type, string appId = "") =>
        new(name, environmentName, ToMode(type), appId.Length == 0 ? null : ObjectId.Read<AppId>(appId));

    public static CreationInfo ToCreationInfo(ObjectRecord record) =>
        new() { CreatedAt = ToUnixSeconds(record.CreatedAt), CreatedBy = record.CreatedBy };

    /// <summary>Seconds since 1970, as clients want all times.</summary>
    public static double ToUnixSeconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static CreationMode ToMode(ObjectCreationType type) => type switch
    {
        ObjectCreationType.Unspecified => CreationMode.LookUp,
        ObjectCreationType.CreateIfMissing => CreationMode.CreateIfMissing,
        ObjectCreationType.CreateFailIfExists => CreationMode.CreateNew,
        ObjectCreationType.CreateOverwriteIfExists => CreationMode.Overwrite,
        ObjectCreationType.AnonymousOwnedByApp => CreationMode.OwnedByApp,
        ObjectCreationType.Ephemeral => CreationMode.Ephemeral,
        _ => throw new ApplianceException(ErrorKind.InvalidArgument, $"Object creation type {(int)type} is unknown to this appliance."),
    };
}
