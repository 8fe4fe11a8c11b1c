using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Appliance.Core.Errors;
using Appliance.Core.Ids;

namespace Appliance.Admin.Api;

/// <summary>A verb's side of the admin socket.</summary>
public sealed class AdminClient : ITokenDesk, IDisposable
{
    private readonly HttpClient http;

    /// <param name="connect">Opens a connection to the server's socket.</param>
    public AdminClient(Func<CancellationToken, ValueTask<Socket>> connect)
    {
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellation) => new NetworkStream(await connect(cancellation), ownsSocket: true),
        })
        {
            BaseAddress = new Uri("http://appliance"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public Task<ServerStatus> GetStatusAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "/status", null, AdminJson.Default.ServerStatus, cancellation);

    public Task<IReadOnlyList<TokenSummary>> ListAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "/tokens", null, AdminJson.Default.IReadOnlyListTokenSummary, cancellation);

    public Task<NewToken> CreateAsync(TokenRequest request, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, "/tokens", JsonContent.Create(request, AdminJson.Default.TokenRequest), AdminJson.Default.NewToken, cancellation);

    public Task RevokeAsync(TokenId id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"/tokens/{id}", null, cancellation);

    public Task ApproveAsync(FlowApproval approval, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, "/token-flows/approve", JsonContent.Create(approval, AdminJson.Default.FlowApproval), cancellation);

    public void Dispose() => http.Dispose();

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(method, path, content, cancellation);
        return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(new HttpRequestMessage(method, path) { Content = content }, cancellation);
        }
        catch (HttpRequestException cause)
        {
            throw new ApplianceException(ErrorKind.Unavailable, $"The running server did not answer: {cause.Message}", cause);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            AdminFailure failure = response.Content.Headers.ContentType?.MediaType == "application/json"
                ? (await response.Content.ReadFromJsonAsync(AdminJson.Default.AdminFailure, cancellation))!
                : new AdminFailure(nameof(ErrorKind.Internal), $"The server answered {(int)response.StatusCode}; its log tells more.");
            throw new ApplianceException(Enum.TryParse(failure.Kind, out ErrorKind kind) ? kind : ErrorKind.Internal, failure.Message);
        }
    }
}
