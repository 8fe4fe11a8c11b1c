using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd;

/// <summary>kill −9 while blobs arrive: those that were acknowledged are whole, and the others are not there at all.</summary>
public sealed class BlobCrashTests
{
    private const int Rounds = 4;
    private const int Senders = 6;

    private readonly ConcurrentDictionary<string, byte[]> acknowledged = new();
    private readonly ConcurrentDictionary<string, byte[]> unanswered = new();

    [Fact]
    public async Task Kill_AtRandomMomentsDuringUploads_LosesNothingAcknowledged()
    {
        var random = new Random(20_261_122);
        using var data = new DataFolder();
        for (int round = 0; round < Rounds; round++)
        {
            await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
            using var http = new HttpClient();
            int thisRound = round;
            Task[] senders = [.. Enumerable.Range(0, Senders).Select(sender => SendUntilDeadAsync(server, http, (thisRound * Senders) + sender))];
            await Task.Delay(random.Next(100, 900));
            await server.KillAsync();
            await Task.WhenAll(senders);
        }

        await using PublishedAppliance last = await PublishedAppliance.StartAsync(data.Path);
        using var reader = new HttpClient();
        Assert.True(acknowledged.Count > Rounds, "Hardly anything was acknowledged, so nothing was tested.");
        foreach ((string id, byte[] content) in acknowledged)
        {
            Assert.Equal(content, await reader.GetByteArrayAsync(await LinkAsync(last, id)));
        }

        foreach ((string id, byte[] content) in unanswered)
        {
            await AssertWholeOrAbsentAsync(last, reader, id, content);
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(data.Path, "blobs", "tmp")));
    }

    private async Task SendUntilDeadAsync(PublishedAppliance server, HttpClient http, int seed)
    {
        var random = new Random(seed);
        var client = new ModalClient.ModalClientClient(server.Channel);
        global::Grpc.Core.Metadata credentials = server.Credentials;
        while (true)
        {
            byte[] content = new byte[random.Next(1, 4_000_000)];
            random.NextBytes(content);
            BlobCreateResponse? created = null;
            try
            {
                created = await client.BlobCreateAsync(
                    new BlobCreateRequest { ContentLength = content.Length, ContentMd5 = Convert.ToBase64String(MD5.HashData(content)) }, credentials);
                using HttpResponseMessage answer = await http.PutAsync(created.UploadUrl, new ByteArrayContent(content));
                Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
                acknowledged[created.BlobId] = content;
            }
            catch (Exception failure) when (failure is RpcException or HttpRequestException)
            {
                if (created is not null)
                {
                    unanswered[created.BlobId] = content;
                }

                return;
            }
        }
    }

    private static async Task AssertWholeOrAbsentAsync(PublishedAppliance server, HttpClient http, string id, byte[] content)
    {
        try
        {
            Assert.Equal(content, await http.GetByteArrayAsync(await LinkAsync(server, id)));
        }
        catch (RpcException failure) when (failure.StatusCode == StatusCode.NotFound)
        {
            Assert.Contains(id, failure.Status.Detail, StringComparison.Ordinal);
        }
    }

    private static async Task<string> LinkAsync(PublishedAppliance server, string id) => (await new ModalClient.ModalClientClient(server.Channel)
        .BlobGetAsync(new BlobGetRequest { BlobId = id }, server.Credentials)).DownloadUrl;
}
