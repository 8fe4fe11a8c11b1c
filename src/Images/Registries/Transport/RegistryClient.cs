using System.Net;
using System.Net.Http.Headers;
using Appliance.Core.Errors;
using Appliance.Images.Registries.Access;
using Appliance.Images.Registries.Settings;

namespace Appliance.Images.Registries.Transport;

/// <summary>
/// Reads one repository at one place: logs in where it is asked to, follows redirects without taking credentials along, and
/// tries again what may pass.
/// </summary>
internal sealed class RegistryClient(
    RegistryPlace place, string repository, RegistryCredential? credential, RegistryConnections connections, TimeProvider clock)
{
    private const int RedirectsMax = 8;

    private readonly RegistrySecurity security = connections.Rules.Find(place.Host).Security;
    private readonly TokenService tokens = new(connections, credential);
    private AuthenticationHeaderValue? authorization;
    private bool hasAnswered;

    public RegistryPlace Place => place;

    public RegistryTimes Times => connections.Times;

    /// <summary>Opens a part of the repository; the answer is the caller's to dispose.</summary>
    /// <param name="path">"manifests/1.0", "blobs/sha256:…".</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="accepted">Media types; none for any.</param>
    /// <param name="offset">From which byte on; whoever asks looks whether the answer heeds it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ApplianceException">Why there is no answer, or none that helps.</exception>
    public async Task<HttpResponseMessage> OpenAsync(
        string path, string what, IReadOnlyList<string> accepted, long offset, CancellationToken cancellation)
    {
        Uri address = place.AddressOf(repository, path, security);
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan? wanted = null;
            try
            {
                HttpResponseMessage response = await SendAsync(address, accepted, offset, cancellation).ConfigureAwait(false);
                hasAnswered = true;
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                using (response)
                {
                    if (!RegistryFailure.IsPassing(response.StatusCode) || attempt >= Times.Pauses.Count)
                    {
                        throw RegistryFailure.Of(place.Host, what, response.StatusCode);
                    }

                    wanted = response.Headers.RetryAfter?.Delta;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException)
            {
                // What has never answered is most likely not there, and nobody should wait for it.
                if (!RegistryFailure.IsPassing(failure) || attempt >= Times.Pauses.Count || !(hasAnswered || failure is HttpRequestException { StatusCode: not null }))
                {
                    throw RegistryFailure.Of(place.Host, connections.Rules.File, failure);
                }
            }

            await PauseAsync(attempt, wanted, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits before a further attempt.</summary>
    public Task PauseAsync(int attempt, TimeSpan? wanted, CancellationToken cancellation)
    {
        TimeSpan pause = Times.Pauses[attempt];
        pause = wanted > pause ? wanted.Value : pause;
        return Task.Delay(pause < Times.PauseMax ? pause : Times.PauseMax, clock, cancellation);
    }

    private static bool IsSamePlace(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority == other.Authority;

    private async Task<HttpResponseMessage> SendAsync(Uri address, IReadOnlyList<string> accepted, long offset, CancellationToken cancellation)
    {
        HttpResponseMessage response = await FollowAsync(address, accepted, offset, cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !IsSamePlace(response.RequestMessage!.RequestUri!, address))
        {
            return response;
        }

        using (response)
        {
            using CancellationTokenSource limit = Limit(cancellation);
            try
            {
                authorization = await tokens.AnswerAsync(
                    response.Headers.WwwAuthenticate, place.Host, $"repository:{place.Prefix}{repository}:pull", limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
            {
                throw Silent(cause, place.Host);
            }
        }

        return await FollowAsync(address, accepted, offset, cancellation).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> FollowAsync(Uri address, IReadOnlyList<string> accepted, long offset, CancellationToken cancellation)
    {
        Uri current = address;
        for (int hops = 0; hops <= RedirectsMax; hops++)
        {
            HttpResponseMessage response = await AskAsync(
                current, IsSamePlace(current, address) ? authorization : null, accepted, offset, cancellation).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } target)
            {
                return response;
            }

            response.Dispose();
            current = new Uri(current, target);
            if (current.Scheme is not ("http" or "https"))
            {
                throw new ApplianceException(ErrorKind.Unavailable, $"'{place.Host}' leads to '{current.Scheme}:…', which is not followed.");
            }
        }

        throw new ApplianceException(ErrorKind.Unavailable, $"'{place.Host}' leads from one place to another, more than {RedirectsMax} times.");
    }

    private async Task<HttpResponseMessage> AskAsync(
        Uri address, AuthenticationHeaderValue? login, IReadOnlyList<string> accepted, long offset, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = login;
        request.Headers.Range = offset > 0 ? new RangeHeaderValue(offset, null) : null;
        foreach (string type in accepted)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        using CancellationTokenSource limit = Limit(cancellation);
        try
        {
            return await connections.For(address).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw Silent(cause, address.Authority);
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Times.Silence);
        return limit;
    }

    private TimeoutException Silent(OperationCanceledException cause, string host) => new(
        cause.InnerException is TimeoutException
            ? $"'{host}' cannot be reached: no connection within {Times.Connect.TotalSeconds} s. There may be no network."
            : $"'{host}' did not answer within {Times.Silence.TotalSeconds} s.",
        cause);
}
