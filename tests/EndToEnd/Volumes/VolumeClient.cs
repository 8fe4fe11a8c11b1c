using Appliance.Protos.Modal;
using Appliance.Tests.Volumes;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd.Volumes;

/// <summary>Uploads and downloads as clients of format 2 do: describe, send what is missing, describe again.</summary>
internal sealed class VolumeClient(PublishedAppliance server) : IDisposable
{
    private readonly ModalClient.ModalClientClient client = new(server.Channel);
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly global::Grpc.Core.Metadata credentials = server.Credentials;

    public async Task<string> CreateAsync(string name, ObjectCreationType type = ObjectCreationType.CreateIfMissing) =>
        (await client.VolumeGetOrCreateAsync(new VolumeGetOrCreateRequest { DeploymentName = name, ObjectCreationType = type }, credentials)).VolumeId;

    public async Task<VolumePutFiles2Response> DescribeAsync(string volume, params (string Path, byte[] Bytes)[] files) =>
        await client.VolumePutFiles2Async(Describe(volume, files), credentials);

    public async Task<VolumePutFiles2Response> DescribeAsync(VolumePutFiles2Request request) =>
        await client.VolumePutFiles2Async(request, credentials);

    public Task<HttpResponseMessage> PutBlockAsync(string url, ReadOnlyMemory<byte> block) => http.PutAsync(url, new ReadOnlyMemoryContent(block));

    public Task<HttpResponseMessage> GetAsync(string url) => http.GetAsync(url);

    /// <summary>The whole of an upload; answers how many blocks were sent.</summary>
    public async Task<int> PutAsync(string volume, params (string Path, byte[] Bytes)[] files)
    {
        VolumePutFiles2Response missing = await DescribeAsync(volume, files);
        foreach (VolumePutFiles2Response.Types.MissingBlock block in missing.MissingBlocks)
        {
            byte[] file = files[(int)block.FileIndex].Bytes;
            (await PutBlockAsync(block.PutUrl, VolumeRig.BlockOf(file, (int)block.BlockIndex))).EnsureSuccessStatusCode();
        }

        if (missing.MissingBlocks.Count > 0)
        {
            Assert.Empty((await DescribeAsync(volume, files)).MissingBlocks);
        }

        return missing.MissingBlocks.Count;
    }

    public async Task<byte[]> ReadAsync(string volume, string path, ulong start = 0, ulong length = 0)
    {
        VolumeGetFile2Response file = await client.VolumeGetFile2Async(
            new VolumeGetFile2Request { VolumeId = volume, Path = path, Start = start, Len = length }, credentials);
        using var bytes = new MemoryStream();
        foreach (string url in file.GetUrls)
        {
            await (await http.GetStreamAsync(url)).CopyToAsync(bytes);
        }

        Assert.Equal((long)file.Len, bytes.Length);
        return bytes.ToArray();
    }

    public async Task<string[]> ListAsync(string volume, string path = "/", bool isRecursive = true)
    {
        using AsyncServerStreamingCall<VolumeListFiles2Response> call = client.VolumeListFiles2(
            new VolumeListFiles2Request { VolumeId = volume, Path = path, Recursive = isRecursive }, credentials);
        List<string> names = [];
        while (await call.ResponseStream.MoveNext(default))
        {
            names.AddRange(call.ResponseStream.Current.Entries.Select(entry => entry.Path));
        }

        return [.. names];
    }

    public static VolumePutFiles2Request Describe(string volume, params (string Path, byte[] Bytes)[] files)
    {
        var request = new VolumePutFiles2Request { VolumeId = volume };
        foreach ((string path, byte[] bytes) in files)
        {
            var file = new VolumePutFiles2Request.Types.File { Path = path, Size = (ulong)bytes.Length };
            file.Blocks.AddRange(VolumeRig.ShapeOf(bytes).Blocks.Select(block => new VolumePutFiles2Request.Types.Block
            {
                ContentsSha256 = ByteString.CopyFrom(block.ToArray()),
            }));
            request.Files.Add(file);
        }

        return request;
    }

    public static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public void Dispose() => http.Dispose();
}
