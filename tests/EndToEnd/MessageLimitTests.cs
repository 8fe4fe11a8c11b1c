using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd;

/// <summary>How long a message may be: 100 MiB for all protocols but Jina's, which has no limit.</summary>
public sealed class MessageLimitTests
{
    private const int LimitBytes = 100 * 1024 * 1024;

    [Theory]
    [InlineData("/modal.client.ModalClient/EnvironmentList", LimitBytes, HttpStatusCode.OK)]
    [InlineData("/modal.client.ModalClient/EnvironmentList", LimitBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/jina.JinaSingleDataRequestRPC/process_single_data", LimitBytes + 1, HttpStatusCode.OK)]
    public async Task Call_WithALongMessage_IsRefusedOverTheLimitOfItsProtocol(string method, int lengthBytes, HttpStatusCode expected)
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Status.Grpc.Url + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(MessageOf(lengthBytes)) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.ParseAdd("trailers");
        foreach (global::Grpc.Core.Metadata.Entry entry in server.Credentials)
        {
            request.Headers.Add(entry.Key, entry.Value);
        }

        using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);

        Assert.Equal(expected, response.StatusCode);
        string status = await StatusOfAsync(response);
        Assert.Equal(expected == HttpStatusCode.OK, status != ((int)StatusCode.ResourceExhausted).ToString());
    }

    /// <summary>A message of one unknown field, which every type takes.</summary>
    private static byte[] MessageOf(int lengthBytes)
    {
        const int headerBytes = 5;
        const int fieldHeadBytes = 6;
        var framed = new byte[headerBytes + lengthBytes];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), lengthBytes);
        Span<byte> field = framed.AsSpan(headerBytes);
        int left = lengthBytes - fieldHeadBytes;

        // Field 1000 of wire type 2 (two bytes of tag), and its length as a varint of four bytes.
        field[0] = 0xC2;
        field[1] = 0x3E;
        for (int index = 0; index < 4; index++)
        {
            field[2 + index] = (byte)(((left >> (7 * index)) & 0x7F) | (index < 3 ? 0x80 : 0));
        }

        return framed;
    }

    private static async Task<string> StatusOfAsync(HttpResponseMessage response)
    {
        await response.Content.ReadAsByteArrayAsync();
        HttpHeaders place = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        return place.GetValues("grpc-status").Single();
    }
}
