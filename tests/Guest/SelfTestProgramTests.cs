using System.Net;
using System.Net.Sockets;
using Appliance.Tests.Machine;
using Appliance.Tests.Publish;
using Unpacking = Appliance.Containers.Guest.GuestPrograms;

namespace Appliance.Tests.Guest;

/// <summary>The programs that are all of the self-test's image.</summary>
public sealed class SelfTestProgramTests : IDisposable
{
    private const long SizeBytesMax = 60_000;

    private readonly TemporaryFolder folder = new();
    private readonly string program;

    public SelfTestProgramTests()
    {
        program = Path.Combine(folder.Path, "bin", "self-test");
        Unpacking.Unpack(Unpacking.SelfTest, program);
    }

    [Fact]
    public async Task Program_IsSmallStaticAndForEveryone()
    {
        Assert.InRange(new FileInfo(program).Length, 1, SizeBytesMax);
        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(program));
        Assert.DoesNotContain("INTERP", await Tool.RunAsync("readelf", "--program-headers", "--wide", program));
        Assert.DoesNotContain(Unpacking.SelfTest, Unpacking.Names);
    }

    [Fact]
    public async Task Peer_IsSmallAndStatic_AndSaysWhatItLacks()
    {
        string peer = Path.Combine(folder.Path, "python");
        Unpacking.Unpack(Unpacking.Peer, peer);
        Assert.InRange(new FileInfo(peer).Length, 1, SizeBytesMax);
        Assert.DoesNotContain("INTERP", await Tool.RunAsync("readelf", "--program-headers", "--wide", peer));
        Assert.DoesNotContain(Unpacking.Peer, Unpacking.Names);
        Assert.Equal((1, "", "MODAL_OVERRIDE_HEADERS is not set, or not to '…'\n"), await GuestProcess.RunAsync(peer, "-m", "modal._container_entrypoint"));
    }

    [Fact]
    public async Task Commands_Each_DoWhatTheySay()
    {
        string file = Path.Combine(folder.Path, "file");
        Assert.Equal((0, "a\n", "b"), await RunAsync("print", "a\n", "b"));
        Assert.Equal((0, "", ""), await RunAsync("write", file, "text"));
        Assert.Equal((0, "text", ""), await RunAsync("read", file));
        Assert.Equal((1, "", $"{file}.no: No such file or directory\n"), await RunAsync("read", file + ".no"));
        Assert.Equal((0, "taken\n", ""), await RunAsync("take", "3"));
        Assert.Equal((7, "", ""), await RunAsync("exit", "7"));
        Assert.Equal((0, "", ""), await RunAsync("sleep", "0"));
        Assert.Contains("1", (await RunAsync("processes")).Output.Split('\n'));
        Assert.Equal((64, "", "unknown command\n"), await RunAsync("read"));
    }

    [Fact]
    public async Task Cat_CopiesEveryByte()
    {
        string text = string.Concat(Enumerable.Range(0, 50_000).Select(number => $"{number} é\n"));
        using var run = new GuestProcess(program, "cat");
        Task<(int Status, string Output, string Errors)> end = run.EndAsync();
        await run.Input.WriteAsync(text);
        run.Input.Close();
        Assert.Equal((0, text, ""), await end);
    }

    [Fact]
    public async Task Connect_TellsWhoListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString();
        Assert.Equal((0, "", ""), await RunAsync("connect", "127.0.0.1", port));
        listener.Stop();
        Assert.Equal((1, "", "connect: Connection refused\n"), await RunAsync("connect", "127.0.0.1", port));
    }

    public void Dispose() => folder.Dispose();

    private Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments) => GuestProcess.RunAsync(program, arguments);
}
