using Appliance.Containers.Streams;
using Appliance.Native.Files;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Containers.Streams;

public sealed class KeptOutputTests : IDisposable
{
    private const int Kept = 1 << 20;

    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public KeptOutputTests() => path = Path.Combine(folder.Path, "stdout");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Trim_OfLessThanTheLimit_KeepsAll()
    {
        Append(Kept);
        KeptOutput.Trim(path, Kept);
        Assert.Equal(0, KeptOutput.StartOf(path));
    }

    [Fact]
    public void Trim_OfMore_GivesTheOldestBackToTheDisk()
    {
        for (int round = 0; round < 20; round++)
        {
            Append(Kept);
            KeptOutput.Trim(path, Kept);
        }

        FileStatus status = FileStatus.Find(path)!.Value;
        Assert.Equal(20 * Kept, status.SizeBytes);
        Assert.InRange(status.AllocatedBytes, 1, Kept + 8192);
        Assert.InRange(status.SizeBytes - KeptOutput.StartOf(path), Kept / 2, Kept);
    }

    [Fact]
    public async Task AReader_OfWhatWasDropped_IsToldHowMuchAndReadsTheRest()
    {
        Append(4 * Kept);
        KeptOutput.Trim(path, Kept);
        long start = KeptOutput.StartOf(path);
        long next = start;
        List<long> missing = [];
        await foreach (OutputPiece piece in OutputReader.ReadAsync(path, 1000, Task.CompletedTask, default))
        {
            missing.Add(piece.Missing);
            Assert.Equal(next, piece.Offset);
            for (int index = 0; index < piece.Bytes.Length; index += 997)
            {
                Assert.Equal(ByteAt(next + index), piece.Bytes.Span[index]);
            }

            next += piece.Bytes.Length;
        }

        Assert.Equal(4 * Kept, next);
        Assert.Equal(start - 1000, missing[0]);
        Assert.All(missing.Skip(1), each => Assert.Equal(0, each));
    }

    [Fact]
    public async Task AReader_WhoFallsBehind_NeverReadsAHole()
    {
        Append(Kept / 2);
        await using IAsyncEnumerator<OutputPiece> reader = OutputReader.ReadAsync(path, 0, Task.CompletedTask, default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Append(3 * Kept);
        KeptOutput.Trim(path, Kept);
        Assert.True(await reader.MoveNextAsync());
        Assert.True(reader.Current.Missing > 0);
        Assert.Equal(KeptOutput.StartOf(path), reader.Current.Offset);
        Assert.Equal(ByteAt(reader.Current.Offset), reader.Current.Bytes.Span[0]);
    }

    [Fact]
    public async Task TheLimiter_OfAFileThatGrows_KeepsItSmall()
    {
        Append(1);
        var ended = new TaskCompletionSource();
        Task limiter = OutputLimiter.RunAsync(path, Kept, ended.Task, default);
        Append(8 * Kept);
        while (KeptOutput.StartOf(path) == 0)
        {
            await Task.Delay(20);
        }

        ended.SetResult();
        await limiter;
        Assert.InRange(FileStatus.Find(path)!.Value.AllocatedBytes, 1, Kept + 8192);
    }

    private void Append(int count)
    {
        using FileStream file = new(path, FileMode.Append);
        byte[] bytes = new byte[count];
        for (int index = 0; index < count; index++)
        {
            bytes[index] = ByteAt(file.Position + index);
        }

        file.Write(bytes);
    }

    // Never zero.
    private static byte ByteAt(long offset) => (byte)(1 + offset % 251);
}
