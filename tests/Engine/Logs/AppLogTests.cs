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
        var log = new AppLog(File);
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
        Assert.Equal(entries.Select(Describe), new AppLog(File).Read(0).Select(each => Describe(each.Entry)));
        Assert.Empty(log.Read(log.End));
        Assert.Empty(log.Read(log.End + 1000));
    }

    [Fact]
    public void WhatACrashLeftOfAnEntry_IsCutOff_WhereverItWasCut()
    {
        var first = new AppLog(File);
        first.Add(Entry("whole\n", false, 6));
        long whole = first.End;
        first.Add(Entry("torn\n", false, 11));
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        for (long length = whole; length < bytes.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, bytes[..(int)length]);
            var log = new AppLog(File);
            Assert.Equal(whole, log.End);

            log.Add(Entry("next\n", true, 5));

            Assert.Equal(["whole\n", "next\n"], Texts(log.Read(0)));
        }
    }

    [Fact]
    public void APlaceThatNoEntryEndsAt_DoesNoHarm()
    {
        var log = new AppLog(File);
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
        var log = new AppLog(File);
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
    public async Task Writers_AtOnce_LoseNothing()
    {
        var log = new AppLog(File);

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
