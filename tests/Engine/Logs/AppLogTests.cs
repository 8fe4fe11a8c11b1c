using System.Text;
using Appliance.Engine.Logs;

namespace Appliance.Tests.Engine.Logs;

public sealed class AppLogTests : IDisposable
{
    public const string Task = "ta-0000000000000000000001";
    public const string Function = "fu-0000000000000000000001";

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string directory = Directory.CreateTempSubdirectory("app-log-").FullName;

    private string File => Path.Combine(directory, "log");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Entries_ComeBackAsTheyWere_AndFromEachPlaceOn()
    {
        var log = new AppLog(File, 1 << 20);
        Assert.Empty(log.Read(0));
        AppLogEntry[] entries = [Entry("one\n", false, 4), Entry("zwei äöü\n", true, 12), Entry("", false, long.MaxValue)];
        foreach (AppLogEntry entry in entries)
        {
            log.Add(entry);
        }

        (AppLogEntry Entry, long Next)[] read = [.. log.Read(0)];

        Assert.Equal(entries.Select(Describe), read.Select(each => Describe(each.Entry)));
        Assert.Equal(log.End, read[^1].Next);
        Assert.Equal(entries[1..].Select(Describe), log.Read(read[0].Next).Select(each => Describe(each.Entry)));
        Assert.Equal(entries.Select(Describe), new AppLog(File, 1 << 20).Read(0).Select(each => Describe(each.Entry)));
        Assert.Empty(log.Read(log.End));
        Assert.Empty(log.Read(log.End + 1000));
    }

    [Fact]
    public void WhatACrashLeftOfAnEntry_IsCutOff_WhereverItWasCut()
    {
        var first = new AppLog(File, 1 << 20);
        first.Add(Entry("whole\n", false, 6));
        long whole = first.End;
        first.Add(Entry("torn\n", false, 11));
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        for (long length = whole; length < bytes.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, bytes[..(int)length]);
            var log = new AppLog(File, 1 << 20);
            Assert.Equal(whole, log.End);

            log.Add(Entry("next\n", true, 5));

            Assert.Equal(["whole\n", "next\n"], Texts(log.Read(0)));
        }
    }

    [Fact]
    public void APlaceThatNoEntryEndsAt_DoesNoHarm()
    {
        var log = new AppLog(File, 1 << 20);
        for (int number = 0; number < 3; number++)
        {
            log.Add(Entry(new string('x', 300), false, number));
        }

        for (long place = 1; place < log.End; place++)
        {
            Assert.All(Texts(log.Read(place)), text => Assert.InRange(text.Length, 0, log.End - place));
        }
    }

    [Fact]
    public async Task Wait_EndsWithTheNextEntry_AndAtOnceWhenThereIsMore()
    {
        var log = new AppLog(File, 1 << 20);
        Task waiting = log.WaitAsync(0, CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        log.Add(Entry("first\n", false, 6));

        await waiting.WaitAsync(Limit);
        await log.WaitAsync(0, CancellationToken.None).WaitAsync(Limit);
        using var stop = new CancellationTokenSource();
        Task more = log.WaitAsync(log.End, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more.WaitAsync(Limit));
    }

    [Fact]
    public void TooMuch_LosesItsOldest_AndReadersAreTold_AlsoAfterARestart()
    {
        const int BytesMax = 8000;
        var log = new AppLog(File, BytesMax);
        List<long> places = [];
        for (int number = 0; number < 200; number++)
        {
            log.Add(Entry($"{number:D9}\n", false, number));
            places.Add(log.End);
        }

        foreach (AppLog each in (AppLog[])[log, new AppLog(File, BytesMax)])
        {
            string[] read = [.. Texts(each.Read(places[9]))];
            int first = int.Parse(read[1]);

            Assert.Equal($"[about {places[first - 1] - places[9]} bytes of this app's log before this are not kept any more: there was more than the server's log-limit]\n", read[0]);
            Assert.Equal(Enumerable.Range(first, 200 - first), read[1..].Select(int.Parse));
            Assert.InRange(log.End - places[first - 1], BytesMax, BytesMax * 5 / 4);
            Assert.InRange(Directory.GetFiles(directory).Sum(file => new FileInfo(file).Length), BytesMax, BytesMax * 5 / 4);
            Assert.Equal(log.End, each.End);
            Assert.Equal(Enumerable.Range(first + 1, 199 - first), Texts(each.Read(places[first])).Select(int.Parse));
            Assert.Equal(each.Read(0).Last().Next, log.End);
        }

        log.Delete();
        Assert.Empty(Directory.GetFiles(directory));
        Assert.Empty(log.Read(0));
    }

    [Fact]
    public async Task Writers_AtOnce_LoseNothing()
    {
        var log = new AppLog(File, 1 << 20);

        await Parallel.ForAsync(0, 200, (number, _) =>
        {
            log.Add(Entry($"{number}", false, number));
            return ValueTask.CompletedTask;
        });

        Assert.Equal(Enumerable.Range(0, 200), Texts(log.Read(0)).Select(int.Parse).Order());
    }

    internal static AppLogEntry Entry(string text, bool isError, long sourceEnd) =>
        new(At, Task, Function, isError, sourceEnd, Encoding.UTF8.GetBytes(text));

    private static string Describe(AppLogEntry entry) =>
        $"{entry.At:O} {entry.TaskId} {entry.FunctionId} {entry.IsError} {entry.SourceEnd} {Encoding.UTF8.GetString(entry.Text.Span)}";

    private static IEnumerable<string> Texts(IEnumerable<(AppLogEntry Entry, long)> entries) =>
        entries.Select(each => Encoding.UTF8.GetString(each.Entry.Text.Span));
}
