using System.Globalization;
using Appliance.Native.Systemd;

namespace Appliance.Tests.Native.Systemd;

public sealed class ServiceNotifierTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("@")]
    public async Task Messages_ToASocketOfEitherKind_Arrive(string kind)
    {
        string unique = $"appliance-{Guid.NewGuid():n}";
        using var systemd = new NotifySocket(kind == "@" ? "@" + unique : Path.Combine(Path.GetTempPath(), unique));
        using var notifier = ServiceNotifier.Open(Variables((ServiceNotifier.SocketVariable, systemd.Name)));

        notifier.Ready();
        notifier.Status("serving\n3 calls");
        notifier.Alive();
        notifier.Stopping();

        Assert.Equal("READY=1", await systemd.ReceiveAsync());
        Assert.Equal("STATUS=serving 3 calls", await systemd.ReceiveAsync());
        Assert.Equal("WATCHDOG=1", await systemd.ReceiveAsync());
        Assert.Equal("STOPPING=1", await systemd.ReceiveAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/nowhere/at/all")]
    public void Messages_WithoutASocket_GoNowhere(string? name)
    {
        using var notifier = ServiceNotifier.Open(Variables((ServiceNotifier.SocketVariable, name), ("WATCHDOG_USEC", "1000000")));
        notifier.Ready();
        Assert.Null(notifier.WatchdogInterval);
    }

    [Fact]
    public void Messages_AfterSystemdWentAway_AreDropped()
    {
        var systemd = new NotifySocket($"@appliance-{Guid.NewGuid():n}");
        using var notifier = ServiceNotifier.Open(Variables((ServiceNotifier.SocketVariable, systemd.Name)));
        systemd.Dispose();
        notifier.Alive();
    }

    [Theory]
    [InlineData("2000000", null, 2.0)]
    [InlineData("500000", "own", 0.5)]
    [InlineData("2000000", "1", null)]
    [InlineData("soon", null, null)]
    [InlineData("0", null, null)]
    [InlineData(null, null, null)]
    public void WatchdogInterval_OfTheVariables_IsRead(string? microseconds, string? process, double? expectedSeconds)
    {
        using var systemd = new NotifySocket($"@appliance-{Guid.NewGuid():n}");
        string? processId = process == "own" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process;
        using var notifier = ServiceNotifier.Open(Variables(
            (ServiceNotifier.SocketVariable, systemd.Name), ("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", processId)));
        Assert.Equal(expectedSeconds, notifier.WatchdogInterval?.TotalSeconds);
    }

    [Fact]
    public async Task Watchdog_WhileItRuns_BeatsAtOnceAndAgain()
    {
        using var systemd = new NotifySocket($"@appliance-{Guid.NewGuid():n}");
        using var notifier = ServiceNotifier.Open(Variables((ServiceNotifier.SocketVariable, systemd.Name), ("WATCHDOG_USEC", "100000")));
        await using var watchdog = ServiceWatchdog.Start(notifier, TimeProvider.System);
        Assert.Equal("WATCHDOG=1", await systemd.ReceiveAsync());
        Assert.Equal("WATCHDOG=1", await systemd.ReceiveAsync());
    }

    private static Func<string, string?> Variables(params (string Name, string? Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
