using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Appliance.Tests.Images.Registries;

/// <summary>A registry in this process, with the faults that a test gives it.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private const string Token = "a-token";

    private readonly WebApplication application;
    private readonly ConcurrentQueue<RegistryCall> calls = new();

    private TestRegistry(WebApplication application) => this.application = application;

    public RegistryContent Content { get; init; } = new();

    public string Host => new Uri(application.Urls.First()).Authority;

    public IReadOnlyList<RegistryCall> Calls => [.. calls];

    /// <summary>Whether whoever asks needs a token of "/token".</summary>
    public bool NeedsToken { get; set; }

    /// <summary>Whether a user and a password are needed instead of a token.</summary>
    public bool NeedsPassword { get; set; }

    /// <summary>"user:password" that the token, or all else, takes; null for anybody.</summary>
    public string? Login { get; set; }

    public bool KnowsRanges { get; set; } = true;

    /// <summary>Answers in the place of the registry where it says true.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = _ => Task.FromResult(false);

    public static async Task<TestRegistry> StartAsync(X509Certificate2? certificate = null, RegistryContent? content = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        WebApplication application = builder.Build();
        var registry = new TestRegistry(application) { Content = content ?? new RegistryContent() };
        application.Run(registry.AnswerAsync);
        await application.StartAsync();
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        string path = http.Request.Path.Value!;
        string authorization = http.Request.Headers.Authorization.ToString();
        calls.Enqueue(new RegistryCall(path + http.Request.QueryString, authorization, http.Request.Headers.Range.ToString()));
        if (await Fault(http))
        {
            return;
        }

        if (path == "/token")
        {
            await GiveTokenAsync(http, authorization);
        }
        else if (NeedsToken && authorization != "Bearer " + Token)
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{Host}/token\",service=\"the registry\",scope=\"repository:x:pull\"";
        }
        else if (NeedsPassword && authorization != Basic(Login!))
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"here\"";
        }
        else
        {
            await SendAsync(http, path);
        }
    }

    private static string Basic(string login) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login));

    private async Task GiveTokenAsync(HttpContext http, string authorization)
    {
        if (Login is { } login && authorization != Basic(login))
        {
            http.Response.StatusCode = 401;
            return;
        }

        await http.Response.WriteAsync($$"""{"token":"{{Token}}"}""");
    }

    private async Task SendAsync(HttpContext http, string path)
    {
        string[] parts = path["/v2/".Length..].Split('/');
        bool isBlob = parts[^2] == "blobs";
        byte[]? bytes = isBlob ? Content.Blobs.GetValueOrDefault(parts[^1]) : Content.Manifests.GetValueOrDefault($"{string.Join('/', parts[..^2])}:{parts[^1]}");
        if (bytes is null)
        {
            http.Response.StatusCode = 404;
            return;
        }

        int start = 0;
        if (isBlob && KnowsRanges && http.Request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            start = int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {start}-{bytes.Length - 1}/{bytes.Length}";
        }

        http.Response.ContentLength = bytes.Length - start;
        await http.Response.Body.WriteAsync(bytes.AsMemory(start));
    }
}
