using System.Net.Sockets;
using Appliance.Containers.Removal;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Engine.Removal;
using Appliance.Engine.Sandboxes;
using Appliance.Tests.Guest;
using Appliance.Tests.Machine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Tests.Containers;

/// <summary>What appliances left whose data directories are gone.</summary>
public sealed class StaleRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string parent;

    public StaleRunTests() => parent = Path.Combine(folder.Path, "run");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARunDirectory_IsStaleOnceItsDataDirectoryIsGone()
    {
        RunDirectory run = Make("data");
        Assert.Empty(Find());
        Directory.Delete(run.DataDirectory!);
        Assert.Equal([run.Root], Find());
        Assert.Equal(run.DataDirectory, RunDirectory.List(parent).Single().DataDirectory);
    }

    [Fact]
    public void ARunDirectory_ThatWasJustMade_IsLeftAlone()
    {
        RunDirectory run = Make("data", age: TimeSpan.Zero);
        Directory.Delete(run.DataDirectory!);
        Assert.Empty(Find());
    }

    [Fact]
    public void ARunDirectory_InWhichAServerListens_IsLeftAlone()
    {
        RunDirectory run = Make("data");
        Directory.Delete(run.DataDirectory!);
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            listener.Bind(new UnixDomainSocketEndPoint(run.EventSocket));
            listener.Listen();
            MakeOld(run);
            Assert.Empty(Find());
        }

        MakeOld(run);
        Assert.Equal([run.Root], Find());
    }

    [Fact]
    public void ARunDirectory_OfWhichNothingIsNoted_IsStaleIfNothingLivesInIt()
    {
        RunDirectory run = Make("data");
        File.WriteAllText(Path.Combine(run.Root, "data"), "/another/directory/than/its/name/says");
        MakeOld(run);
        Assert.Equal([run.Root], Find());
        Assert.Null(RunDirectory.List(parent).Single().DataDirectory);
    }

    [Fact]
    public void ARunDirectory_OfAProcessWithAnotherRoot_IsLeftAlone()
    {
        RunDirectory run = Make("data");
        Directory.Delete(run.DataDirectory!);
        File.WriteAllText(Path.Combine(run.Root, "data"), $"1{File.ReadAllText(Path.Combine(run.Root, "data"))}");
        MakeOld(run);
        Assert.True(RunDirectory.List(parent).Single().IsElsewhere);
        Assert.Empty(Find());
    }

    [Fact]
    public void WhatIsNoRunDirectory_IsLeftAlone()
    {
        Directory.CreateDirectory(Path.Combine(parent, "notes"));
        Directory.CreateDirectory(Path.Combine(parent, "0123456789xy"));
        Assert.Empty(RunDirectory.List(parent));
    }

    [RootFact]
    public async Task AContainer_WhoseDataDirectoryIsGone_EndsAndLeavesNothing()
    {
        // Sockets' paths are short, so this one is not in the folder of the test.
        string here = Directory.CreateTempSubdirectory("run-").FullName;
        string data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        using var image = new BusyboxImage();
        RunDirectory run = RunDirectory.Of(data, here);
        var runtime = new ContainerRuntime(run, Path.Combine(data, "tasks"), warmShims: 1, TimeProvider.System, _ => { });
        Container container = await runtime.StartAsync(
            new ContainerSpec { Id = "stale", Layers = image.Layers, Process = ContainerRig.Process("sleep", "1000") }, default);
        int process = container.Pid;
        await runtime.DisposeAsync();
        MakeOld(run);
        Assert.Equal(0, await ContainerRemoval.RemoveStaleAsync(NullLogger.Instance, here));
        Assert.True(Directory.Exists($"/proc/{process}"));

        Directory.Delete(data, recursive: true);
        MakeOld(run);
        Assert.Equal(1, await ContainerRemoval.RemoveStaleAsync(NullLogger.Instance, here));

        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Empty(Directory.GetDirectories(here));
        Assert.DoesNotContain(here, File.ReadAllText("/proc/self/mountinfo"));
        Directory.Delete(here);
    }

    private RunDirectory Make(string name, TimeSpan? age = null)
    {
        string data = Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
        RunDirectory run = RunDirectory.Of(data, parent);
        run.Ensure();
        Directory.SetLastWriteTimeUtc(run.Root, DateTime.UtcNow - (age ?? TimeSpan.FromHours(1)));
        return run;
    }

    private static void MakeOld(RunDirectory run) => Directory.SetLastWriteTimeUtc(run.Root, DateTime.UtcNow - TimeSpan.FromHours(1));

    private IReadOnlyList<string> Find() => [.. StaleRuns.Find(parent, TimeProvider.System).Select(run => run.Root)];
}
