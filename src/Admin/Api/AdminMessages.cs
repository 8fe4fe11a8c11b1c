using System.Text.Json.Serialization;
using Appliance.Admin.Bundles;
using Appliance.Admin.Clients;
using Appliance.Admin.Images;
using Appliance.Admin.Space;
using Appliance.Admin.Transfers;
using Appliance.Core.Errors;
using Appliance.Mounts.Clients;

namespace Appliance.Admin.Api;

/// <summary>What the running server tells of itself. Keys are stable: <c>status --json</c> prints them.</summary>
public sealed record ServerStatus(
    string Version,
    int Pid,
    DateTimeOffset StartedAt,
    string Data,
    string Workspace,
    Endpoint Grpc,
    Endpoint Http,
    bool Ready,
    IReadOnlyList<string> Reasons,
    TlsStatus? Tls);

/// <summary>A port that is listened on: the address as bound, and the URL for clients.</summary>
public sealed record Endpoint(string Address, string Url);

/// <summary>What clients must trust (null with the operator's own certificate), and until when it holds.</summary>
public sealed record TlsStatus(string? Authority, DateTimeOffset ExpiresAt);

/// <summary>A token, less its secret.</summary>
public sealed record TokenSummary(string TokenId, string Name, string State, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>A request for a token. The lifetime is in seconds; null: it does not expire.</summary>
public sealed record TokenRequest(string Name, double? LifetimeSeconds);

/// <summary>A new token. Its secret is shown this once.</summary>
public sealed record NewToken(string TokenId, string TokenSecret, string Name, DateTimeOffset? ExpiresAt);

/// <summary>Permission for the client that shows this code.</summary>
public sealed record FlowApproval(string Code, string TokenName);

/// <summary>Why a request failed; the kind is an <see cref="Core.Errors.ErrorKind"/>.</summary>
public sealed record AdminFailure(string Kind, string Message)
{
    public ApplianceException ToException() => new(Enum.TryParse(Kind, out ErrorKind kind) ? kind : ErrorKind.Internal, Message);
}

/// <summary>Everything that crosses the admin socket, and what verbs print of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(IReadOnlyList<TokenSummary>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(FlowApproval))]
[JsonSerializable(typeof(AdminFailure))]
[JsonSerializable(typeof(SpaceReport))]
[JsonSerializable(typeof(PruneRequest))]
[JsonSerializable(typeof(PruneReport))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(DirectoryImport))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(TransferReport))]
[JsonSerializable(typeof(TransferState))]
[JsonSerializable(typeof(Whereabouts))]
[JsonSerializable(typeof(ImageImport))]
[JsonSerializable(typeof(ImagePathImport))]
[JsonSerializable(typeof(IReadOnlyList<ImageSummary>))]
[JsonSerializable(typeof(ImageDetail))]
[JsonSerializable(typeof(ImageTagging))]
[JsonSerializable(typeof(ImageRemoval))]
[JsonSerializable(typeof(ImageRemoved))]
[JsonSerializable(typeof(ImagePruning))]
[JsonSerializable(typeof(ImagePruned))]
[JsonSerializable(typeof(ImageExportRequest))]
[JsonSerializable(typeof(ImagePull))]
[JsonSerializable(typeof(ImageSummary))]
[JsonSerializable(typeof(VolumeLookup))]
[JsonSerializable(typeof(VolumeSummary))]
[JsonSerializable(typeof(BundleReport))]
[JsonSerializable(typeof(ClientAddition))]
[JsonSerializable(typeof(IReadOnlyList<ClientMount>))]
public sealed partial class AdminJson : JsonSerializerContext;
