using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Appliance.Core.Errors;
using Appliance.Images.Registries.Transport;

namespace Appliance.Images.Registries.Access;

/// <summary>Answers a registry that asks who wants something: with a password, or with a token of the service that it names.</summary>
internal sealed class TokenService(RegistryConnections connections, RegistryCredential? credential)
{
    private const int TokenBytesMax = 1024 * 1024;
    private const string ClientName = "appliance";

    /// <param name="challenges">What the registry accepts.</param>
    /// <param name="host">The registry, for messages.</param>
    /// <param name="scope">What is wanted, where the registry does not say it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ApplianceException">Unauthenticated: nothing that there is would do.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached, or failed.</exception>
    public async Task<AuthenticationHeaderValue> AnswerAsync(
        IEnumerable<AuthenticationHeaderValue> challenges, string host, string scope, CancellationToken cancellation)
    {
        AuthenticationHeaderValue[] offered = [.. challenges];
        if (offered.FirstOrDefault(one => IsScheme(one, "Bearer")) is { Parameter: { } parameters })
        {
            return new AuthenticationHeaderValue("Bearer", await FetchAsync(ChallengeParameters.Read(parameters), host, scope, cancellation).ConfigureAwait(false));
        }

        if (offered.Any(one => IsScheme(one, "Basic")) && credential is { IsIdentityToken: false })
        {
            return Basic(credential);
        }

        throw new ApplianceException(ErrorKind.Unauthenticated, offered.Any(one => IsScheme(one, "Basic"))
            ? $"'{host}' asks for a user and a password: give --user and --password-stdin, or log in so that ~/.docker/config.json has them (its credential helpers are not run)."
            : $"'{host}' asks for a login of a kind that is not known here ({string.Join(", ", offered.Select(one => one.Scheme))}).");
    }

    private static bool IsScheme(AuthenticationHeaderValue value, string scheme) => value.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    private static AuthenticationHeaderValue Basic(RegistryCredential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Secret}")));

    private async Task<string> FetchAsync(IReadOnlyDictionary<string, string> challenge, string host, string scope, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(challenge.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) || realm.Scheme is not ("http" or "https"))
        {
            throw new ApplianceException(ErrorKind.Unavailable, $"'{host}' asks for a token and does not say where to get one.");
        }

        string service = challenge.GetValueOrDefault("service") ?? "";
        string wanted = challenge.GetValueOrDefault("scope") is { Length: > 0 } named ? named : scope;
        using HttpRequestMessage request = credential is { IsIdentityToken: true } ? Exchange(realm, service, wanted) : Ask(realm, service, wanted);
        using HttpResponseMessage response = await connections.For(realm)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            throw new ApplianceException(
                ErrorKind.Unauthenticated, $"'{realm.Authority}', where '{host}' gets its tokens, refused {credential?.ToString() ?? "to give one without a login"}.");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"'{realm.Authority}', where '{host}' gets its tokens, answered {(int)response.StatusCode}", null, response.StatusCode);
        }

        return await ReadAsync(response, host, cancellation).ConfigureAwait(false);
    }

    private HttpRequestMessage Ask(Uri realm, string service, string scope)
    {
        string mark = realm.Query.Length > 0 ? "&" : "?";
        var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{realm}{mark}service={Uri.EscapeDataString(service)}&scope={Uri.EscapeDataString(scope)}"));
        request.Headers.Authorization = credential is null ? null : Basic(credential);
        return request;
    }

    private HttpRequestMessage Exchange(Uri realm, string service, string scope) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token", ["service"] = service, ["client_id"] = ClientName, ["scope"] = scope, ["refresh_token"] = credential!.Secret,
        }),
    };

    private static async Task<string> ReadAsync(HttpResponseMessage response, string host, CancellationToken cancellation)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(TokenBytesMax, cancellation).ConfigureAwait(false);
            RegistryToken? token = JsonSerializer.Deserialize(
                await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false), RegistryJson.Default.RegistryToken);
            return (token?.Token ?? token?.AccessToken) is { Length: > 0 } text ? text : throw new JsonException("there is none in the answer");
        }
        catch (JsonException cause)
        {
            throw new ApplianceException(ErrorKind.Unavailable, $"The token for '{host}' is not understood: {cause.Message}.", cause);
        }
    }
}
