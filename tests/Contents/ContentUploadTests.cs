using Appliance.Blocks;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Tests.Metadata;
using Appliance.Tests.Volumes;

namespace Appliance.Tests.Contents;

public sealed class ContentUploadTests
{
    private const int Block = BlockLimits.LengthBytesMax;

    public static TheoryData<int, int, ContentForm> Files => new()
    {
        { 0, 0, ContentForm.Empty },
        { 1, 1, ContentForm.Block },
        { 1000, 1000, ContentForm.Block },
        { Block, Block, ContentForm.Block },
        { 1000, 10, ContentForm.File },
        { 1000, 0, ContentForm.File },
        { Block + 1, Block + 1, ContentForm.File },
        { (3 * Block) + 5, (3 * Block) + 5, ContentForm.File },
        { (3 * Block) + 5, Block + 77, ContentForm.File },
        { 3 * Block, 0, ContentForm.File },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Take_AFileSentInBlocks_ReadsBackAsItWas(int length, int significant, ContentForm form)
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] file = Random(length, significant);

        using ContentLease lease = await rig.UploadAsync(file);

        Assert.Equal((form, (long)length), (lease.Content.Form, lease.Content.SizeBytes));
        Assert.Equal(file, await ReadAsync(rig, lease.Content));
        FileShape shape = VolumeRig.ShapeOf(file);
        Assert.Empty(await rig.Contents.FindMissingAsync(shape, default));
        for (int index = 0; index < shape.Blocks.Count; index++)
        {
            using var got = new MemoryStream();
            await rig.Contents.Reader.CopyBlockAsync(new BlockSlot(lease.Content.Id, length, index, shape.Blocks[index]), got, default);
            Assert.Equal(file[(index * Block)..Math.Min(length, (index + 1) * Block)], got.ToArray());
        }
    }

    [Fact]
    public async Task FindMissing_AfterARestartInTheMiddle_AsksOnlyForWhatIsNotThere()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] file = Random(4 * Block, 4 * Block);
        FileShape shape = VolumeRig.ShapeOf(file);
        await rig.PutBlockAsync(shape, 1, file);
        await rig.PutBlockAsync(shape, 3, file);

        await rig.ReopenAsync();

        Assert.Equal([0, 2], await rig.Contents.FindMissingAsync(shape, default));
        using ContentLease lease = await rig.UploadAsync(file);
        Assert.Equal(file, await ReadAsync(rig, lease.Content));
    }

    [Fact]
    public async Task Take_BlocksThatOtherFilesHold_CopiesThem()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] first = Random(3 * Block, 3 * Block);
        byte[] second = [.. first[Block..], .. first[..Block], .. Random(10, 10), .. first[..Block].Reverse()];
        (await rig.UploadAsync(first)).Dispose();

        IReadOnlyList<int> missing = await rig.Contents.FindMissingAsync(VolumeRig.ShapeOf(second), default);
        using ContentLease lease = await rig.UploadAsync(second);

        Assert.Equal([3, 4], missing);
        Assert.Equal(second, await ReadAsync(rig, lease.Content));
    }

    [Fact]
    public async Task FindMissing_ABlockThatOccursTwice_AsksForItOnce()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] part = Random(Block, Block);
        byte[] file = [.. part, .. new byte[Block], .. part];

        Assert.Equal([0], await rig.Contents.FindMissingAsync(VolumeRig.ShapeOf(file), default));
        using ContentLease lease = await rig.UploadAsync(file);
        Assert.Equal(file, await ReadAsync(rig, lease.Content));
    }

    [Fact]
    public async Task Put_OtherBytesThanAnnounced_IsRefusedAndLeavesNoTrace()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] file = Random(2 * Block, Block + 100);
        FileShape shape = VolumeRig.ShapeOf(file);
        BlockSlot slot = new(shape.Id, shape.SizeBytes, 1, shape.Blocks[1]);

        Assert.Equal(ErrorKind.InvalidArgument, await FailureAsync(rig, slot, Random(5000, 5000)));
        Assert.Equal(ErrorKind.TooLarge, await FailureAsync(rig, slot, Random(Block + 1, Block + 1)));
        Assert.Equal(ErrorKind.InvalidArgument, await FailureAsync(rig, slot, []));

        Assert.Equal([0, 1], await rig.Contents.FindMissingAsync(shape, default));
        Assert.Null(await rig.Contents.TryTakeAsync(shape, default));
        using ContentLease lease = await rig.UploadAsync(file);
        Assert.Equal(file, await ReadAsync(rig, lease.Content));
    }

    [Fact]
    public async Task Put_WrongBytesIntoABlockThatIsThere_DoesNotHarmIt()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] file = Random(2 * Block, 2 * Block);
        FileShape shape = VolumeRig.ShapeOf(file);
        await rig.PutBlockAsync(shape, 0, file);
        await rig.PutBlockAsync(shape, 0, file);

        Assert.Equal(ErrorKind.InvalidArgument, await FailureAsync(rig, new BlockSlot(shape.Id, shape.SizeBytes, 0, shape.Blocks[0]), Random(10, 10)));

        Assert.Equal([1], await rig.Contents.FindMissingAsync(shape, default));
    }

    [Fact]
    public async Task Put_ByManyAtOnce_EndsInOneContent()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] file = Random(3 * Block, 3 * Block);

        ContentLease[] leases = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    return await rig.UploadAsync(file);
                }
                catch (ApplianceException busy) when (busy.Kind == ErrorKind.Unavailable)
                {
                    await Task.Delay(5);
                }
            }
        })));

        Assert.Single(leases.Select(lease => lease.Content).Distinct());
        Assert.Equal(file, await ReadAsync(rig, leases[0].Content));
    }

    [Fact]
    public async Task CopyBlock_OfADamagedFile_EndsBeforeItsLastByte()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        byte[] file = Random(2 * Block, 2 * Block);
        using ContentLease lease = await rig.UploadAsync(file);
        await using (FileStream damaged = File.Open(rig.Contents.Reader.PathOf(lease.Content), FileMode.Open))
        {
            damaged.Position = Block + 3;
            damaged.WriteByte((byte)~file[Block + 3]);
        }

        using var got = new MemoryStream();
        var slot = new BlockSlot(lease.Content.Id, file.Length, 1, VolumeRig.ShapeOf(file).Blocks[1]);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.Contents.Reader.CopyBlockAsync(slot, got, default));

        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
        Assert.True(got.Length < Block);
    }

    [MountFact]
    public async Task Put_DiskIsFull_SaysSoAndGivesTheSpaceBack()
    {
        using var mount = new TestMount(sizeKib: 24 * 1024);
        await using VolumeRig rig = await VolumeRig.OpenAsync(mount.Path);
        byte[] file = Random(4 * Block, 4 * Block);
        FileShape shape = VolumeRig.ShapeOf(file);
        Assert.Equal(ErrorKind.ResourceExhausted, Assert.Throws<ApplianceException>(() => rig.Contents.EnsureRoom(file.Length)).Kind);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.UploadAsync(file));

        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(mount.Path, "contents", "parts")));
        Assert.Equal([0, 1, 2, 3], await rig.Contents.FindMissingAsync(shape, default));
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("small", "fits"));
        Assert.Equal("fits", await rig.ReadAsync(volume, "small"));
    }

    [Fact]
    public async Task Import_Streams_GiveTheSameContentAsBlocksDo()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        foreach (byte[] file in new[] { Random(0, 0), Random(500, 500), Random(500, 20), Random(Block + 9, Block + 9), new byte[Block * 2] })
        {
            using ContentLease imported = await rig.Contents.Importer.ImportAsync(new MemoryStream(file), Digest.Of(file), default);
            using ContentLease? found = await rig.Contents.Importer.TryFindWholeAsync(Digest.Of(file), default);
            using ContentLease uploaded = await rig.UploadAsync(file);

            Assert.Equal(imported.Content, uploaded.Content);
            Assert.Equal(imported.Content, found?.Content);
        }

        ApplianceException wrong = await Assert.ThrowsAsync<ApplianceException>(() =>
            rig.Contents.Importer.ImportAsync(new MemoryStream([1, 2]), Digest.OfNothing, default));
        Assert.Equal(ErrorKind.InvalidArgument, wrong.Kind);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(rig.Path, "contents", "imports")));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(Block + 1, 1)]
    [InlineData(-1, 0)]
    [InlineData(long.MaxValue, 3)]
    public void Shape_OfAnotherNumberOfBlocks_IsRefused(long sizeBytes, int count)
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => new FileShape(sizeBytes, new Digest[count]));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    private static byte[] Random(int length, int significant)
    {
        byte[] bytes = new byte[length];
        new Random(length ^ significant).NextBytes(bytes.AsSpan(0, significant));
        if (significant > 0)
        {
            bytes[significant - 1] = 1;
        }

        return bytes;
    }

    private static async Task<ErrorKind> FailureAsync(VolumeRig rig, BlockSlot slot, byte[] bytes) =>
        (await Assert.ThrowsAsync<ApplianceException>(() => rig.Contents.PutBlockAsync(slot, new MemoryStream(bytes), default))).Kind;

    private static async Task<byte[]> ReadAsync(VolumeRig rig, FileContent content)
    {
        using var bytes = new MemoryStream();
        await using Stream stream = rig.Contents.Reader.Open(content);
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
