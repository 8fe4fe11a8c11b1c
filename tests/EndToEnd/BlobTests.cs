using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Appliance.Native.Files;
using Appliance.Protos.Modal;
using Appliance.Tests.Metadata;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd;

/// <summary>Blobs as clients send and fetch them: links from the gRPC port, bytes through the HTTP port.</summary>
public sealed class BlobTests
{
    private static readonly HttpClient Http = new();

    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(3_000_000);

    [Fact]
    public async Task Put_ThenGet_GivesTheBytesAndAnyRangeOfThem()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        string id = await StoreAsync(server, Content);

        string url = (await Client(server).BlobGetAsync(new BlobGetRequest { BlobId = id }, server.Credentials)).DownloadUrl;

        string tag = $"\"{Convert.ToHexStringLower(MD5.HashData(Content))}\"";
        using HttpResponseMessage whole = await Http.GetAsync(url);
        Assert.Equal((HttpStatusCode.OK, tag), (whole.StatusCode, whole.Headers.ETag!.Tag));
        Assert.Equal("bytes", whole.Headers.AcceptRanges.Single());
        Assert.Equal(Content, await whole.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage head = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
        Assert.Equal((HttpStatusCode.OK, (long?)Content.Length, tag), (head.StatusCode, head.Content.Headers.ContentLength, head.Headers.ETag!.Tag));
        await AssertRangeAsync(url, "bytes=0-9", 0..10);
        await AssertRangeAsync(url, "bytes=2999990-", ^10..);
        await AssertRangeAsync(url, "bytes=-7", ^7..);
        await AssertRangeAsync(url, "bytes=5-99999999", 5..);
        await AssertRangeAsync(url, "bytes=1000000-2000000", 1_000_000..2_000_001);
        await AssertRangeAsync(url, "bytes=10-19", 10..20, ifRange: tag);
        await AssertStatusAsync(url, "bytes=3000000-", HttpStatusCode.RequestedRangeNotSatisfiable);
        await AssertStatusAsync(url, "bytes=-0", HttpStatusCode.RequestedRangeNotSatisfiable);
        await AssertStatusAsync(url, "bytes=0-1,4-5", HttpStatusCode.OK);
        await AssertStatusAsync(url, "lines=1-2", HttpStatusCode.OK);
        await AssertStatusAsync(url, "bytes=10-19", HttpStatusCode.OK, ifRange: "\"another\"");
    }

    [Fact]
    public async Task Create_SmallAndLarge_FillsBothFormsThatClientsRead()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        BlobCreateResponse small = await Client(server).BlobCreateAsync(new BlobCreateRequest { ContentLength = 1L << 30 }, server.Credentials);
        BlobCreateResponse large = await Client(server).BlobCreateAsync(
            // What clients send for files beyond 1 GiB.
            new BlobCreateRequest { ContentLength = (1L << 30) + 1, ContentMd5 = Convert.ToBase64String(Convert.FromHexString("baadbaadbaadbaadbaadbaadbaadbaad")) },
            server.Credentials);

        Assert.Equal((small.BlobId, small.UploadUrl), (small.BlobIds.Single(), small.UploadUrls.Items.Single()));
        MultiPartUpload parts = large.Multiparts.Items.Single();
        Assert.Equal((large.BlobId, 17, large.Multipart.ToByteString()), (large.BlobIds.Single(), parts.UploadUrls.Count, parts.ToByteString()));
        Assert.Equal(17, parts.UploadUrls.Distinct().Count());
    }

    [Fact]
    public async Task PutParts_BeyondOneGiB_AreOneBlobOnceCompleted()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        const long Length = (1L << 30) + 1;
        BlobCreateResponse created = await Client(server).BlobCreateAsync(new BlobCreateRequest { ContentLength = Length }, server.Credentials);
        MultiPartUpload parts = created.Multiparts.Items.Single();
        byte[] zeros = new byte[parts.PartLength];
        byte[] wholePart = MD5.HashData(zeros);
        byte[] lastPart = MD5.HashData(new byte[1]);

        Assert.Equal(HttpStatusCode.BadRequest, (await CompleteAsync(parts, [])).StatusCode);
        await Parallel.ForEachAsync(parts.UploadUrls.SkipLast(1), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (url, _) =>
            Assert.Equal(HttpStatusCode.OK, await PutAsync(url, zeros)));
        Assert.Equal(HttpStatusCode.BadRequest, (await CompleteAsync(parts, [.. Enumerable.Repeat(wholePart, 16), lastPart])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(parts.UploadUrls[^1], new byte[2]));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(parts.UploadUrls[^1], new byte[1]));
        Assert.Equal(HttpStatusCode.BadRequest, (await CompleteAsync(parts, Enumerable.Repeat(wholePart, 17))).StatusCode);
        (HttpStatusCode status, string answer) = await CompleteAsync(parts, [.. Enumerable.Repeat(wholePart, 16), lastPart]);

        Assert.Equal(HttpStatusCode.OK, status);
        byte[] all = [.. Enumerable.Repeat(wholePart, 16).SelectMany(md5 => md5), .. lastPart];
        Assert.Contains($"{Convert.ToHexStringLower(MD5.HashData(all))}-17", answer, StringComparison.Ordinal);
        string url = (await Client(server).BlobGetAsync(new BlobGetRequest { BlobId = created.BlobId }, server.Credentials)).DownloadUrl;
        using HttpResponseMessage head = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
        Assert.Equal(Length, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Put_WhatMustNotBe_IsRefusedAndNothingIsStored()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        BlobCreateResponse created = await CreateAsync(server, Content);
        BlobCreateResponse other = await CreateAsync(server, Content);
        byte[] wrong = [.. Content[..^1], (byte)(Content[^1] ^ 1)];

        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(created.UploadUrl, wrong));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(created.UploadUrl, Content[..^1]));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(created.UploadUrl, [.. Content, 0]));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(created.UploadUrl, Content, new byte[16]));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(created.UploadUrl, Content, new byte[15]));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(created.UploadUrl.Replace("/upload/", "/part/", StringComparison.Ordinal), Content));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(created.UploadUrl[..^1], Content));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(created.UploadUrl + "!", Content));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(Splice(created.UploadUrl, other.UploadUrl), Content));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(created.UploadUrl[..(created.UploadUrl.LastIndexOf('/') + 1)] + "x", Content));
        RpcException never = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client(server).BlobGetAsync(new BlobGetRequest { BlobId = created.BlobId }, server.Credentials));
        Assert.Equal(StatusCode.NotFound, never.StatusCode);
        Assert.Empty(Directory.GetFiles(Path.Combine(data.Path, "blobs"), "*", SearchOption.AllDirectories));

        Assert.Equal(HttpStatusCode.OK, await PutAsync(created.UploadUrl, Content));
        Assert.Equal(HttpStatusCode.OK, await PutAsync(created.UploadUrl, Content, MD5.HashData(Content)));
        Assert.Equal(HttpStatusCode.Conflict, await PutAsync(created.UploadUrl, wrong));
        (_, string log) = await server.StopAsync();
        Assert.DoesNotContain(" error ", log);
    }

    [Fact]
    public async Task Create_Nonsense_IsInvalid()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        BlobCreateRequest[] requests =
        [
            new() { ContentLength = -1 },
            new() { ContentMd5 = "AAAA" },
            new() { ContentMd5 = "no base64 !" },
            new() { ContentSha256Base64 = Convert.ToBase64String(new byte[31]) },
            new() { ContentSha256Base64 = new string('A', 100_000) },
        ];

        foreach (BlobCreateRequest request in requests)
        {
            RpcException failure = await Assert.ThrowsAsync<RpcException>(async () => await Client(server).BlobCreateAsync(request, server.Credentials));
            Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        }
    }

    [Fact]
    public async Task Create_RepeatedWithTheSameKey_IsTheSameBlob()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        global::Grpc.Core.Metadata headers = server.Credentials;
        headers.Add("x-idempotency-key", "once");
        var request = new BlobCreateRequest { ContentLength = (1L << 30) + 1 };

        BlobCreateResponse first = await Client(server).BlobCreateAsync(request, headers);
        BlobCreateResponse again = await Client(server).BlobCreateAsync(request, headers);

        Assert.Equal(first.ToByteString(), again.ToByteString());
        Assert.Single(Directory.GetFiles(Path.Combine(data.Path, "blobs", "parts")));
    }

    [Fact]
    public async Task Put_SenderGoesAway_LeavesNothing()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        BlobCreateResponse created = await CreateAsync(server, Content);
        string temporary = Path.Combine(data.Path, "blobs", "tmp");
        using var stop = new CancellationTokenSource();
        Task<HttpResponseMessage> put = Http.PutAsync(created.UploadUrl, new StallingContent(Content, stallsAt: 2_500_000), stop.Token);
        await WaitAsync(() => Directory.GetFiles(temporary) is [{ } file] && new FileInfo(file).Length > 0);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        await WaitAsync(() => Directory.GetFiles(temporary).Length == 0);
        Assert.Equal(HttpStatusCode.OK, await PutAsync(created.UploadUrl, Content));
        (_, string log) = await server.StopAsync();
        Assert.DoesNotContain(" error ", log);
    }

    [MountFact]
    public async Task Put_DiskFillsMeanwhile_Is507AndTheSpaceComesBack()
    {
        using var mount = new TestMount(64 * 1024);
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(mount.Path);
        byte[] large = RandomNumberGenerator.GetBytes(20 * 1024 * 1024);
        BlobCreateResponse created = await CreateAsync(server, large);
        string filler = Path.Combine(mount.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[DiskSpace.Of(mount.Path).FreeBytes - (10 * 1024 * 1024)]);

        Assert.Equal(HttpStatusCode.InsufficientStorage, await PutAsync(created.UploadUrl, large));
        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(server, large));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Empty(Directory.GetFiles(Path.Combine(mount.Path, "blobs"), "*", SearchOption.AllDirectories));

        File.Delete(filler);
        Assert.Equal(HttpStatusCode.OK, await PutAsync(created.UploadUrl, large));
    }

    private static ModalClient.ModalClientClient Client(PublishedAppliance server) => new(server.Channel);

    private static async Task<BlobCreateResponse> CreateAsync(PublishedAppliance server, byte[] content) => await Client(server).BlobCreateAsync(
        new BlobCreateRequest { ContentLength = content.Length, ContentSha256Base64 = Convert.ToBase64String(SHA256.HashData(content)) },
        server.Credentials);

    private static async Task<string> StoreAsync(PublishedAppliance server, byte[] content)
    {
        BlobCreateResponse created = await CreateAsync(server, content);
        Assert.Equal(HttpStatusCode.OK, await PutAsync(created.UploadUrl, content));
        return created.BlobId;
    }

    private static async Task<HttpStatusCode> PutAsync(string url, byte[] content, byte[]? md5 = null)
    {
        var body = new ByteArrayContent(content);
        body.Headers.ContentMD5 = md5;
        using HttpResponseMessage answer = await Http.PutAsync(url, body);
        if (answer.IsSuccessStatusCode)
        {
            Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"", answer.Headers.ETag!.Tag);
        }

        return answer.StatusCode;
    }

    /// <summary>As the Python client writes it.</summary>
    private static async Task<(HttpStatusCode StatusCode, string Answer)> CompleteAsync(MultiPartUpload upload, IEnumerable<byte[]> md5s)
    {
        IEnumerable<string> parts = md5s.Select((md5, index) =>
            $"<Part>\n<PartNumber>{index + 1}</PartNumber>\n<ETag>\"{Convert.ToHexStringLower(md5)}\"</ETag>\n</Part>");
        using HttpResponseMessage answer = await Http.PostAsync(
            upload.CompletionUrl, new StringContent($"<CompleteMultipartUpload>\n{string.Join('\n', parts)}\n</CompleteMultipartUpload>"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The first half of one link, with the second half of another.</summary>
    private static string Splice(string first, string second) => first[..(first.Length - 25)] + second[^25..];

    private static async Task AssertRangeAsync(string url, string range, Range expected, string? ifRange = null)
    {
        using HttpResponseMessage answer = await GetAsync(url, range, ifRange);
        (int offset, int length) = expected.GetOffsetAndLength(Content.Length);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(new ContentRangeHeaderValue(offset, offset + length - 1, Content.Length), answer.Content.Headers.ContentRange);
        Assert.Equal(Content[expected], await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task AssertStatusAsync(string url, string range, HttpStatusCode status, string? ifRange = null)
    {
        using HttpResponseMessage answer = await GetAsync(url, range, ifRange);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? Content.Length : 0, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    private static Task<HttpResponseMessage> GetAsync(string url, string range, string? ifRange)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Range", range);
        if (ifRange is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Range", ifRange);
        }

        return Http.SendAsync(request);
    }

    private static async Task WaitAsync(Func<bool> isDone)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isDone())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>A sender that stops in the middle and holds the connection.</summary>
    private sealed class StallingContent(byte[] content, int stallsAt) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(content.AsMemory(0, stallsAt), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
