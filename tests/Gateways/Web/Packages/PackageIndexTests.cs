using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Appliance.Gateways.Web.Packages;
using Appliance.Packages;
using Appliance.Tests.Packages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Appliance.Tests.Gateways.Web.Packages;

/// <summary>The index as installers see it.</summary>
public sealed class PackageIndexTests : IAsyncLifetime
{
    private const string Tiny = "Tiny_Pkg-1.0+local-py3-none-any.whl";

    private readonly string data = Directory.CreateTempSubdirectory("index-").FullName;
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly TcpListener elsewhere = new(IPAddress.Loopback, 0);
    private readonly List<WebApplication> servers = [];

    public async Task InitializeAsync()
    {
        string wheel = WheelFiles.Write(data, Tiny, ">=3.8,<4");
        string sdist = WheelFiles.WriteSdist(data, "tiny-pkg-0.9.tar.gz");
        await new WheelhouseIntake(new Wheelhouse(data), TimeProvider.System).AddAsync([wheel, sdist], force: false, CancellationToken.None);
        client.BaseAddress = await StartAsync(null);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        elsewhere.Dispose();
        foreach (WebApplication server in servers)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Html_OfTheProject_LinksFilesWithDigests()
    {
        Assert.Contains("<a href=\"tiny-pkg/\">tiny-pkg</a>", await client.GetStringAsync("/simple/"), StringComparison.Ordinal);

        string page = await client.GetStringAsync("/simple/tiny-pkg/");

        byte[] stored = await File.ReadAllBytesAsync(Path.Combine(data, "wheels", Tiny));
        string link = $"../../wheels/{Uri.EscapeDataString(Tiny)}";
        Assert.Contains($"<a href=\"{link}#sha256={Convert.ToHexStringLower(SHA256.HashData(stored))}\" data-requires-python=\"&gt;=3.8,&lt;4\"", page, StringComparison.Ordinal);
        Assert.Equal(stored, await client.GetByteArrayAsync(new Uri(new Uri(client.BaseAddress!, "/simple/tiny-pkg/"), link)));
        Assert.Contains("tiny-pkg-0.9.tar.gz</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_ForWhoAsksAsPipDoes_HasDigestsAndVersions()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/simple/tiny-pkg/");
        request.Headers.Accept.ParseAdd("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01");
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal("application/vnd.pypi.simple.v1+json", answer.Content.Headers.ContentType!.MediaType);

        JsonElement page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal("tiny-pkg", page.GetProperty("name").GetString());
        Assert.Equal("1.1", page.GetProperty("meta").GetProperty("api-version").GetString());
        JsonElement wheel = page.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("filename").GetString() == Tiny);
        Assert.Equal(">=3.8,<4", wheel.GetProperty("requires-python").GetString());
        Assert.Equal(64, wheel.GetProperty("hashes").GetProperty("sha256").GetString()!.Length);
        byte[] metadata = await client.GetByteArrayAsync($"/wheels/{Tiny}.metadata");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(metadata)), wheel.GetProperty("core-metadata").GetProperty("sha256").GetString());
    }

    [Theory]
    [InlineData("/simple/Tiny_Pkg/", "../tiny-pkg/")]
    [InlineData("/simple/tiny-pkg", "tiny-pkg/")]
    [InlineData("/simple", "simple/")]
    public async Task Address_NotTheCanonicalOne_LeadsThere(string path, string target)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal(target, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/wheels/../secrets.key")]
    [InlineData("/wheels/..%2Fsecrets.key")]
    [InlineData("/wheels/%2e%2e/secrets.key")]
    [InlineData("/wheels/..%2F..%2Fa-1.0.tar.gz")]
    [InlineData("/wheels/notes%2F" + Tiny + ".json")]
    [InlineData("/wheels/" + Tiny + ".json")]
    [InlineData("/wheels/tiny-pkg-0.9.tar.gz.metadata")]
    [InlineData("/wheels/none-1.0.tar.gz")]
    [InlineData("/simple/..%2F..%2F/")]
    public async Task Path_ToAnythingElse_IsNotFound(string path)
    {
        await File.WriteAllTextAsync(Path.Combine(data, "secrets.key"), "secret");
        string answer = await AskRawAsync(path);
        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Range_OfAFile_IsSentAlone()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/wheels/{Tiny}");
        request.Headers.Range = new RangeHeaderValue(0, 1);
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("PK"u8.ToArray(), await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task OtherProject_PublicIndexReachable_LeadsThere()
    {
        elsewhere.Start();
        var index = new Uri($"http://{elsewhere.LocalEndpoint}/simple/");
        Uri server = await StartAsync(index);
        using HttpResponseMessage answer = await client.GetAsync(new Uri(server, "/simple/requests/"));
        Assert.Equal((HttpStatusCode.Found, new Uri(index, "requests/")), (answer.StatusCode, answer.Headers.Location));
        Assert.Contains("tiny-pkg", await client.GetStringAsync(new Uri(server, "/simple/tiny-pkg/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherProject_PublicIndexUnreachable_IsNotFoundAtOnce()
    {
        elsewhere.Start();
        var closed = new Uri($"http://{elsewhere.LocalEndpoint}/simple/");
        elsewhere.Stop();
        Uri server = await StartAsync(closed);
        using HttpResponseMessage answer = await client.GetAsync(new Uri(server, "/simple/requests/"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("appliance wheels add", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<Uri> StartAsync(Uri? publicIndex)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        WebApplication server = builder.Build();
        servers.Add(server);
        var index = new PackageIndexEndpoints(new Wheelhouse(data), new PublicIndex(publicIndex, TimeProvider.System));
        index.Map(server, handler => handler);
        await server.StartAsync();
        return new Uri(server.Urls.First());
    }

    /// <summary>HttpClient would tidy the path.</summary>
    private async Task<string> AskRawAsync(string path)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, client.BaseAddress!.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
