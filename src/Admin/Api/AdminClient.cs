using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Appliance.Core.Errors;
using Appliance.Core.Ids;

namespace Appliance.Admin.Api;

/// <summary>A verb's side of the admin socket.</summary>
public sealed class AdminClient : ITokenDesk, IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

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
            Timeout = Timeout.InfiniteTimeSpan,
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

    /// <summary>Asks for what is answered at once.</summary>
    internal async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(method, path, content, cancellation);
        return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
    }

    /// <summary>Asks for what may take hours. The answer's body is the caller's to read and to dispose.</summary>
    /// <exception cref="ApplianceException">What the server says; Unavailable: it does not answer.</exception>
    internal async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
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
            throw failure.ToException();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            return await OpenAsync(method, path, content, limit.Token);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw new ApplianceException(ErrorKind.Unavailable, $"The running server did not answer within {AnswerLimit.TotalSeconds} s.", cause);
        }
    }
}
