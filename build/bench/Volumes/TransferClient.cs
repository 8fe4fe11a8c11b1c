using System.Security.Cryptography;
using Appliance.Blocks;
using Appliance.Contents;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Bench.Volumes;

/// <summary>A lean client of the volume protocol, format 2: eight blocks under way, as clients have many.</summary>
internal sealed class TransferClient : IDisposable
{
    private const int Parallel = 8;
    private const string Name = "file";

    private readonly GrpcChannel channel;
    private readonly ModalClient.ModalClientClient client;
    private readonly global::Grpc.Core.Metadata headers = [];
    private readonly HttpClient http = new();
    private string volume = "";

    public TransferClient(ServedAppliance server)
    {
        channel = GrpcChannel.ForAddress($"http://127.0.0.1:{server.GrpcPort}");
        client = new ModalClient.ModalClientClient(channel);
        foreach ((string name, string value) in server.Headers.Where(header => header.Name.StartsWith("x-", StringComparison.Ordinal)))
        {
            headers.Add(name, value);
        }
    }

    public async Task CreateAsync(string name) => volume = (await client.VolumeGetOrCreateAsync(
        new VolumeGetOrCreateRequest { DeploymentName = name, ObjectCreationType = ObjectCreationType.CreateIfMissing }, headers)).VolumeId;

    public async Task UploadAsync(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        VolumePutFiles2Request request = await DescribeAsync(file);
        VolumePutFiles2Response missing = await client.VolumePutFiles2Async(request, headers);
        await EachAsync(missing.MissingBlocks, async (block, buffer) =>
        {
            int read = RandomAccess.Read(file, buffer, FileShape.OffsetOfBlock((int)block.BlockIndex));
            using HttpResponseMessage response = await http.PutAsync(block.PutUrl, new ReadOnlyMemoryContent(ZeroTail.Strip(buffer.AsMemory(0, read))));
            response.EnsureSuccessStatusCode();
        });
        if (missing.MissingBlocks.Count > 0 && (await client.VolumePutFiles2Async(request, headers)).MissingBlocks.Count > 0)
        {
            throw new InvalidOperationException("Blocks are missing after all were sent.");
        }
    }

    public async Task DownloadAsync(string path)
    {
        VolumeGetFile2Response found = await client.VolumeGetFile2Async(new VolumeGetFile2Request { VolumeId = volume, Path = Name }, headers);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        await EachAsync([.. found.GetUrls.Select((url, index) => (url, index))], async (part, buffer) =>
        {
            await using Stream stream = await http.GetStreamAsync(part.url);
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
            RandomAccess.Write(file, buffer.AsSpan(0, length), FileShape.OffsetOfBlock(part.index));
        });
    }

    public void Dispose()
    {
        channel.Dispose();
        http.Dispose();
    }

    private async Task<VolumePutFiles2Request> DescribeAsync(SafeFileHandle file)
    {
        long size = RandomAccess.GetLength(file);
        var blocks = new VolumePutFiles2Request.Types.Block[FileShape.CountBlocks(size)];
        await EachAsync([.. Enumerable.Range(0, blocks.Length)], (index, buffer) =>
        {
            int read = RandomAccess.Read(file, buffer, FileShape.OffsetOfBlock(index));
            blocks[index] = new VolumePutFiles2Request.Types.Block
            {
                ContentsSha256 = ByteString.CopyFrom(SHA256.HashData(ZeroTail.Strip(buffer.AsMemory(0, read)).Span)),
            };
            return Task.CompletedTask;
        });
        var described = new VolumePutFiles2Request.Types.File { Path = Name, Size = (ulong)size };
        described.Blocks.AddRange(blocks);
        return new VolumePutFiles2Request { VolumeId = volume, Files = { described } };
    }

    private static async Task EachAsync<T>(IReadOnlyList<T> items, Func<T, byte[], Task> work)
    {
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(async () =>
        {
            byte[] buffer = new byte[BlockLimits.LengthBytesMax];
            for (int index = Interlocked.Increment(ref next); index < items.Count; index = Interlocked.Increment(ref next))
            {
                await work(items[index], buffer);
            }
        })));
    }
}
