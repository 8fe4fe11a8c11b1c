namespace Appliance.Tests.Guest;

public sealed class InitTests
{
    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -SEGV $$", 139)]
    [InlineData("kill -TERM $$", 143)]
    public async Task Run_ItsProgramEnds_EndsAlike(string script, int expected)
    {
        (int status, _, string errors) = await RunAsync("--", "sh", "-c", script);
        Assert.Equal((expected, ""), (status, errors));
    }

    [Fact]
    public async Task Run_WithInputAndArguments_PassesBothUnchanged()
    {
        using var run = new GuestProcess(GuestPrograms.Init, "--", "sh", "-c", "printf '%s|' \"$@\"; cat", "name", "--exec", "", "a b", "--");
        await run.Input.WriteAsync("input");
        run.Input.Close();
        Assert.Equal((0, "--exec||a b|--|input", ""), await run.EndAsync());
    }

    [Fact]
    public async Task Run_WithoutTheDashes_RunsAllTheSame() => Assert.Equal((0, "yes\n", ""), await RunAsync("echo", "yes"));

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("WINCH")]
    [InlineData("CONT")]
    [InlineData("ABRT")]
    [InlineData("RTMIN")]
    public async Task Signal_ToInit_ReachesTheProgram(string name)
    {
        using var run = new GuestProcess(GuestPrograms.Init, "--", "bash", "-c", $"trap 'echo got {name}; exit 7' {name}; echo ready; while :; do read -t 0.05; done <> <(:)");
        Assert.Equal("ready", await run.ReadLineAsync());
        await run.SignalAsync(name);
        Assert.Equal((7, $"got {name}\n", ""), await run.EndAsync());
    }

    [Fact]
    public async Task Run_ItsSignals_AreDefaultAndUnblocked()
    {
        // The shell's own mask and dispositions would be inherited.
        using var run = new GuestProcess("sh", "-c", $"trap '' TERM PIPE CHLD; exec '{GuestPrograms.Init}' -- cat /proc/self/status");
        (int status, string output, _) = await run.EndAsync();
        Assert.Equal(0, status);
        AssertNoSignals(output);
    }

    [Fact]
    public async Task Exec_ItsSignals_AreDefaultAndUnblocked()
    {
        using var run = new GuestProcess("sh", "-c", $"trap '' TERM PIPE; exec '{GuestPrograms.Init}' --exec -- cat /proc/self/status");
        (int status, string output, _) = await run.EndAsync();
        Assert.Equal(0, status);
        AssertNoSignals(output);
    }

    [Fact]
    public async Task Exec_AProgram_IsTheSameProcess()
    {
        using var run = new GuestProcess(GuestPrograms.Init, "--exec", "--", "sh", "-c", "echo $$; exit 9");
        int id = run.Id;
        Assert.Equal((9, $"{id}\n", ""), await run.EndAsync());
    }

    [Theory]
    [InlineData(127, "no-such-program", "cannot run 'no-such-program': not found in PATH\n")]
    [InlineData(127, "/no/such/program", "cannot run '/no/such/program': No such file or directory\n")]
    [InlineData(127, "/etc/passwd/x", "cannot run '/etc/passwd/x': Not a directory\n")]
    [InlineData(127, "", "cannot run '': not found in PATH\n")]
    [InlineData(126, "/etc", "cannot run '/etc': Permission denied\n")]
    [InlineData(126, "/etc/passwd", "cannot run '/etc/passwd': Permission denied\n")]
    public async Task Run_WhatCannotBeRun_SaysWhyAndEndsAsShellsDo(int expected, string program, string line)
    {
        Assert.Equal((expected, "", line), await RunAsync("--", program));
        Assert.Equal((expected, "", line), await RunAsync("--exec", "--", program));
    }

    [Fact]
    public async Task Run_AScriptWithoutItsInterpreter_NamesTheReason()
    {
        using var folder = new Machine.TemporaryFolder();
        string script = folder.Write("script", "#!/no/such/shell\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int status, _, string errors) = await RunAsync("--", script);
        Assert.Equal((127, $"cannot run '{script}': the interpreter or loader that it names does not exist\n"), (status, errors));
    }

    [Fact]
    public async Task Run_NeitherFormatKnown_CannotRun()
    {
        using var folder = new Machine.TemporaryFolder();
        string script = folder.Write("script", "echo no first line\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int status, _, string errors) = await RunAsync("--", script);
        Assert.Equal((126, $"cannot run '{script}': Exec format error\n"), (status, errors));
    }

    [Fact]
    public async Task Run_OnlyPathOfItsOwnEnvironment_IsSearched()
    {
        using var folder = new Machine.TemporaryFolder();
        folder.WriteProgram("only-here", "echo found");
        using var run = new GuestProcess(GuestPrograms.Init, ["--", "only-here"], new Dictionary<string, string> { ["PATH"] = folder.Path });
        Assert.Equal((0, "found\n", ""), await run.EndAsync());
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task Idle_UntilASignal_EndsWithIt(string name, int expected)
    {
        using var run = new GuestProcess(GuestPrograms.Init);
        // The files are let go of once signals are held.
        Assert.Null(await run.ReadLineAsync());
        foreach (string other in (string[])["HUP", "USR1", "WINCH", "CONT"])
        {
            await run.SignalAsync(other);
        }

        await run.SignalAsync(name);
        Assert.Equal(expected, (await run.EndAsync()).Status);
    }

    [Fact]
    public async Task Orphans_OfTheProgram_AreReaped()
    {
        const string script = """
            for i in 1 2 3 4 5 6 7 8 9 10; do (sh -c 'sleep 0.01' &) ; done
            sleep 0.5
            grep -l "^PPid:[[:space:]]*$PPID$" /proc/[0-9]*/status 2>/dev/null | wc -l
            """;
        Assert.Equal((0, "1\n", ""), await RunAsync("--", "sh", "-c", script));
    }

    [Fact]
    public async Task Output_TheProgramClosesIt_ReachesItsEnd()
    {
        using var run = new GuestProcess(GuestPrograms.Init, "--", "sh", "-c", "exec >&- 2>&-; read wait; exit 4");
        Assert.Null(await run.ReadLineAsync());
        await run.Input.WriteLineAsync();
        Assert.Equal(4, (await run.EndAsync()).Status);
    }

    [Fact]
    public async Task Terminal_OfInit_HasTheProgramInItsForeground()
    {
        const string script = "set -- $(cat /proc/self/stat); echo group $5 foreground $8 session $6";
        (int status, string output, _) = await GuestProcess.RunAsync("script", "-qec", $"{GuestPrograms.Init} -- sh -c '{script}'", "/dev/null");
        string[] words = output.Trim().Split(' ');
        Assert.Equal(0, status);
        Assert.Equal(words[1], words[3]);
        Assert.NotEqual(words[1], words[5]);
    }

    [Fact]
    public async Task Terminal_ControlC_ReachesTheProgramAlone()
    {
        using var run = new GuestProcess("script", "-qec", $"{GuestPrograms.Init} -- sh -c 'trap \"echo interrupted; exit 6\" INT; echo ready; while :; do sleep 0.05; done'", "/dev/null");
        Assert.Equal("ready", await run.ReadLineAsync());
        await run.Input.WriteAsync('\u0003');
        await run.Input.FlushAsync();
        (int status, string output, _) = await run.EndAsync();
        Assert.Equal(6, status);
        Assert.Contains("interrupted", output, StringComparison.Ordinal);
    }

    private static Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments) =>
        GuestProcess.RunAsync(GuestPrograms.Init, arguments);

    private static void AssertNoSignals(string status)
    {
        foreach (string field in (string[])["SigBlk", "SigIgn", "SigCgt"])
        {
            ulong signals = Convert.ToUInt64(status.Split('\n').Single(line => line.StartsWith(field, StringComparison.Ordinal)).Split('\t')[1], 16);
            Assert.Equal(0UL, signals);
        }
    }
}
