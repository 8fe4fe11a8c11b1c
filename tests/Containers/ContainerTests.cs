using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;

namespace Appliance.Tests.Containers;

public sealed class ContainerTests(ContainerRig rig) : IClassFixture<ContainerRig>
{
    [Fact]
    public async Task A_container_runs_says_something_and_ends()
    {
        Container container = await rig.Runtime.StartAsync(rig.Spec("sh", "-c", "echo out; echo err >&2; exit 7"), default);
        ProcessExit exit = await container.Main.Exited;
        Assert.Equal(7, exit.Status);
        Assert.Equal("out\n", await ContainerRig.ReadAsync(container.Main.OutputPath, container.Main.OutputEnded));
        Assert.Equal("err\n", await ContainerRig.ReadAsync(container.Main.ErrorPath, container.Main.OutputEnded));
        await rig.Runtime.RemoveAsync(container.Id);
    }

    [Fact]
    public async Task Processes_run_beside_the_first_with_input_and_exit_codes()
    {
        Container container = await rig.Runtime.StartAsync(rig.Spec("sleep", "1000"), default);
        ContainerProcess cat = await container.StartExecAsync("one", ContainerRig.Process("cat") with { HasInput = true });
        await cat.Input!.WriteAsync(0, "hello "u8.ToArray(), isEnd: false, cat.Exited, default);
        await cat.Input!.WriteAsync(3, "lo world"u8.ToArray(), isEnd: true, cat.Exited, default);
        Assert.Equal(0, (await cat.Exited).Status);
        Assert.Equal("hello world", await ContainerRig.ReadAsync(cat.OutputPath, cat.OutputEnded));

        ContainerProcess missing = await container.StartExecAsync("two", ContainerRig.Process("no-such-program"));
        Assert.Equal(127, (await missing.Exited).Status);
        Assert.Contains("no-such-program", await ContainerRig.ReadAsync(missing.ErrorPath, missing.OutputEnded), StringComparison.Ordinal);

        await container.KillAsync(container.Main, 9, all: true);
        Assert.Equal(9, (await container.Main.Exited).Signal);
        await rig.Runtime.RemoveAsync(container.Id);
    }

    [Fact]
    public async Task A_terminal_has_one_stream_and_a_size()
    {
        ContainerSpec spec = rig.Spec("sh", "-c", "stty size; echo err >&2");
        Container container = await rig.Runtime.StartAsync(
            spec with { Process = spec.Process with { Terminal = new TerminalSize(33, 77) } }, default);
        await container.Main.Exited;
        Assert.Equal("33 77\r\nerr\r\n", await ContainerRig.ReadAsync(container.Main.OutputPath, container.Main.OutputEnded));
        await rig.Runtime.RemoveAsync(container.Id);
    }

    [Fact]
    public async Task More_memory_than_allowed_is_reported_as_that()
    {
        ContainerSpec spec = rig.Spec("sh", "-c", "x=$(yes | head -c 200000000); echo ${#x}");
        Container container = await rig.Runtime.StartAsync(spec with { Limits = new ResourceLimits { MemoryBytes = 32 << 20 } }, default);
        ProcessExit exit = await container.Main.Exited;
        Assert.True(exit.IsOutOfMemory, $"{exit}");
        await rig.Runtime.RemoveAsync(container.Id);
    }

    [Fact]
    public async Task A_new_process_takes_up_what_an_earlier_one_started()
    {
        await using var own = new OwnRig();
        await own.Rig.InitializeAsync();
        ContainerSpec spec = own.Rig.Spec("sh", "-c", "read line; echo got $line; exit 5");
        spec = spec with { Process = spec.Process with { HasInput = true } };
        Container first = await own.Rig.Runtime.StartAsync(spec, default);
        await first.StartExecAsync("talker", ContainerRig.Process("sh", "-c", "echo before; sleep 1; echo after; exit 3"));
        await first.StartExecAsync("done", ContainerRig.Process("sh", "-c", "exit 4"));
        await (await first.GetExecAsync("done")).Exited;
        await own.Rig.RestartAsync();

        Container again = (await own.Rig.Runtime.AdoptAsync(spec.Id, spec.Limits, default))!;
        await own.Rig.Runtime.SweepAsync();
        ContainerProcess talker = await again.GetExecAsync("talker");
        Assert.Equal("before\nafter\n", await ContainerRig.ReadAsync(talker.OutputPath, talker.OutputEnded));
        Assert.Equal(3, (await talker.Exited).Status);
        Assert.Equal(4, (await (await again.GetExecAsync("done")).Exited).Status);
        await again.Main.Input!.WriteAsync(0, "line\n"u8.ToArray(), false, again.Main.Exited, default);
        Assert.Equal(5, (await again.Main.Exited).Status);
        Assert.Equal("got line\n", await ContainerRig.ReadAsync(again.Main.OutputPath, again.Main.OutputEnded));
        Assert.Empty(own.Rig.Reported);
    }

    private sealed class OwnRig : IAsyncDisposable
    {
        public ContainerRig Rig { get; } = new();

        public async ValueTask DisposeAsync() => await Rig.DisposeAsync();
    }
}
