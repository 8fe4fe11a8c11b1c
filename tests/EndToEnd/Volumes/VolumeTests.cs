using System.Net;
using System.Text;
using Appliance.Blocks;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.EndToEnd.Volumes;

public sealed class VolumeTests : IAsyncLifetime
{
    private readonly DataFolder data = new();
    private PublishedAppliance server = null!;
    private VolumeClient client = null!;

    public async Task InitializeAsync()
    {
        server = await PublishedAppliance.StartAsync(data.Path);
        client = new VolumeClient(server);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        data.Dispose();
    }

    [Fact]
    public async Task Put_FilesOfAllKinds_ReadBackAndASecondPutSendsNothing()
    {
        string volume = await client.CreateAsync("data");
        (string Path, byte[] Bytes)[] files =
        [
            ("empty", []),
            ("/small file ☃", Encoding.UTF8.GetBytes("hello")),
            ("zeros", new byte[20_000_000]),
            ("deep/er/tail", [.. VolumeClient.Bytes(1, 3_000_000), .. new byte[7_000_000]]),
            ("deep/big", VolumeClient.Bytes(2, 17_000_000)),
            ("deep/twin", VolumeClient.Bytes(2, 17_000_000)),
        ];

        Assert.Equal(5, await client.PutAsync(volume, files));

        Assert.Equal(["deep", "empty", "small file ☃", "zeros", "deep/big", "deep/er", "deep/twin", "deep/er/tail"], await client.ListAsync(volume));
        foreach ((string path, byte[] bytes) in files)
        {
            Assert.Equal(bytes, await client.ReadAsync(volume, path));
        }

        Assert.Equal(0, await client.PutAsync(volume, files));
        Assert.Equal(0, await client.PutAsync(await client.CreateAsync("other"), files));
        byte[] part = await client.ReadAsync(volume, "deep/big", start: 8_388_000, length: 1_000);
        Assert.Equal(files[4].Bytes[8_388_000..8_389_000], part);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a\0b")]
    [InlineData("/")]
    [InlineData("dir/")]
    public async Task Put_APathThatLeadsElsewhere_IsInvalidAndNothingIsVisible(string path)
    {
        string volume = await client.CreateAsync("data");

        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync(client.DescribeAsync(volume, ("good", []), (path, []))));
        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync(client.DescribeAsync(volume, ("good", []), (new string('n', 10_000), []))));

        Assert.Empty(await client.ListAsync(volume));
    }

    [Fact]
    public async Task Put_WrongDescriptions_AreInvalid()
    {
        string volume = await client.CreateAsync("data");
        byte[] bytes = VolumeClient.Bytes(3, 100);
        VolumePutFiles2Request shortDigest = VolumeClient.Describe(volume, ("f", bytes));
        shortDigest.Files[0].Blocks[0].ContentsSha256 = ByteString.CopyFrom(1, 2, 3);
        VolumePutFiles2Request wrongSize = VolumeClient.Describe(volume, ("f", bytes));
        wrongSize.Files[0].Size = ulong.MaxValue;

        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync(client.DescribeAsync(shortDigest)));
        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync(client.DescribeAsync(wrongSize)));
        Assert.Equal(StatusCode.NotFound, await StatusOfAsync(client.DescribeAsync("vo-" + new string('0', 22), ("f", bytes))));
        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync(client.DescribeAsync("nonsense", ("f", bytes))));
    }

    [Fact]
    public async Task Put_MoreThanTheDiskHolds_IsRefusedAtOnce()
    {
        string volume = await client.CreateAsync("data");
        var request = new VolumePutFiles2Request { VolumeId = volume };
        for (int number = 0; number < 8; number++)
        {
            const int count = 40_000;
            var file = new VolumePutFiles2Request.Types.File { Path = $"huge{number}", Size = (ulong)BlockLimits.LengthBytesMax * count };
            byte[] digests = VolumeClient.Bytes(number, 32 * count);
            file.Blocks.AddRange(Enumerable.Range(0, count).Select(index => new VolumePutFiles2Request.Types.Block
            {
                ContentsSha256 = ByteString.CopyFrom(digests, index * 32, 32),
            }));
            request.Files.Add(file);
        }

        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => client.DescribeAsync(request));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Contains("bytes free", failure.Status.Detail);
    }

    [Fact]
    public async Task Put_WrongBlocks_AreRefusedAndTheUploadCanStillBeFinished()
    {
        string volume = await client.CreateAsync("data");
        byte[] file = VolumeClient.Bytes(4, 20_000_000);
        VolumePutFiles2Response missing = await client.DescribeAsync(volume, ("f", file));
        string url = missing.MissingBlocks[0].PutUrl;

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutBlockAsync(url, VolumeClient.Bytes(5, 8_388_608))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutBlockAsync(url, file.AsMemory(0, 1000))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PutBlockAsync(url, file.AsMemory(0, 8_388_609))).StatusCode);
        Assert.Equal(3, (await client.DescribeAsync(volume, ("f", file))).MissingBlocks.Count);
        Assert.Empty(await client.ListAsync(volume));

        Assert.Equal(HttpStatusCode.OK, (await client.PutBlockAsync(url, file.AsMemory(0, 8_388_608))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PutBlockAsync(url, file.AsMemory(0, 8_388_608))).StatusCode);
        Assert.Equal(2, await client.PutAsync(volume, ("f", file)));
        Assert.Equal(file, await client.ReadAsync(volume, "f"));
        Assert.Equal(HttpStatusCode.OK, (await client.PutBlockAsync(url, file.AsMemory(0, 8_388_608))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutBlockAsync(url, file.AsMemory(0, 5))).StatusCode);
    }

    [Fact]
    public async Task Links_ForSomethingElse_AreForbidden()
    {
        string volume = await client.CreateAsync("data");
        byte[] file = VolumeClient.Bytes(6, 9_000_000);
        VolumePutFiles2Response missing = await client.DescribeAsync(volume, ("f", file));
        string put = missing.MissingBlocks[0].PutUrl;
        string forged = put[..^3] + (put.EndsWith("AAA", StringComparison.Ordinal) ? "BBB" : "AAA");

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(put)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PutBlockAsync(forged, file)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(put[..put.LastIndexOf('/')] + "/x%21")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutBlockAsync(put, VolumeRigBlock(file, 1))).StatusCode);
    }

    [Fact]
    public async Task Put_WithoutForceOverAFile_SaysThatItExists()
    {
        string volume = await client.CreateAsync("data");
        await client.PutAsync(volume, ("f", [1]));
        VolumePutFiles2Request request = VolumeClient.Describe(volume, ("new", []), ("f", [2]));
        request.DisallowOverwriteExistingFiles = true;

        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => client.DescribeAsync(request));

        Assert.Equal(StatusCode.AlreadyExists, failure.StatusCode);
        Assert.Equal(["f"], await client.ListAsync(volume));
    }

    private static ReadOnlyMemory<byte> VolumeRigBlock(byte[] file, int index) => Appliance.Tests.Volumes.VolumeRig.BlockOf(file, index);

    private static async Task<StatusCode> StatusOfAsync(Task<VolumePutFiles2Response> call) =>
        (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;
}
