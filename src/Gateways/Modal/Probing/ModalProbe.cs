using Appliance.Core.Errors;
using Appliance.Protos.Modal;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Appliance.Gateways.Modal.Probing;

/// <summary>A client of a running server's gRPC port, for the self-test: it asks what Modal's clients ask first.</summary>
/// <param name="url">Where the server listens.</param>
/// <param name="handler">Decides whom to trust; stays the caller's.</param>
public sealed class ModalProbe(string url, HttpMessageHandler handler) : IDisposable
{
    private readonly GrpcChannel channel = GrpcChannel.ForAddress(url, new GrpcChannelOptions { HttpHandler = handler });

    /// <summary>What the health service answers for the whole server.</summary>
    public async Task<bool> IsServingAsync(CancellationToken cancellation)
    {
        HealthCheckResponse health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: cancellation);
        return health.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }

    /// <exception cref="ApplianceException">Unauthenticated: the server refuses the token.</exception>
    public async Task<ProbedToken> FindTokenAsync(string id, string secret, CancellationToken cancellation)
    {
        var credentials = new Grpc.Core.Metadata { { "x-modal-token-id", id }, { "x-modal-token-secret", secret } };
        try
        {
            TokenInfoGetResponse answer = await new ModalClient.ModalClientClient(channel).TokenInfoGetAsync(
                new TokenInfoGetRequest(), credentials, cancellationToken: cancellation);
            return new ProbedToken(answer.TokenId, answer.WorkspaceName);
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            throw new ApplianceException(ErrorKind.Unauthenticated, refusal.Status.Detail, refusal);
        }
    }

    public void Dispose() => channel.Dispose();
}

/// <summary>Whose token the server takes it for.</summary>
public sealed record ProbedToken(string TokenId, string WorkspaceName);
