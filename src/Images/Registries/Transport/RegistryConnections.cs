using System.Net.Security;
using Appliance.Core.Errors;
using Appliance.Images.Registries.Settings;

namespace Appliance.Images.Registries.Transport;

/// <summary>The connections of one pull. What is not encrypted, or not verified, is used for hosts only that are named so.</summary>
internal sealed class RegistryConnections(RegistryRules rules, RegistryTimes times) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);

    public RegistryTimes Times => times;

    public RegistryRules Rules => rules;

    /// <summary>For requests to an address; it follows no redirect by itself.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: the address is not encrypted, and its host not named.</exception>
    public HttpClient For(Uri address)
    {
        RegistryRule rule = rules.Find(address);
        if (address.Scheme == Uri.UriSchemeHttp && rule.Security != RegistrySecurity.PlainHttp)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"'http://{address.Authority}' is not encrypted. If that is meant to be, add the line '{address.Authority} plain-http' to '{rules.File}'.");
        }

        bool isUnverified = rule.Security == RegistrySecurity.UnverifiedTls;
        lock (gate)
        {
            string kind = isUnverified ? "unverified" : $"verified {rule.AuthorityFile}";
            if (!clients.TryGetValue(kind, out HttpClient? client))
            {
                clients[kind] = client = Make(isUnverified, rule.AuthorityFile);
            }

            return client;
        }
    }

    public void Dispose()
    {
        foreach (HttpClient client in clients.Values)
        {
            client.Dispose();
        }
    }

    private HttpClient Make(bool isUnverified, string? authorityFile)
    {
        var handler = new SocketsHttpHandler
        {
            // Credentials go where they belong, which only whoever follows a redirect can see to.
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = times.Connect, MaxResponseHeadersLength = 64,
        };
        if (isUnverified)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
        }
        else if (TrustedAuthorities.PolicyOf(authorityFile) is { } policy)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("appliance");
        return client;
    }
}
