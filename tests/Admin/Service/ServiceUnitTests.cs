using Appliance.Admin.Service;

namespace Appliance.Tests.Admin.Service;

public sealed class ServiceUnitTests
{
    [Fact]
    public void Render_UsualArguments_HasWhatContainersNeed()
    {
        string unit = ServiceUnit.Render("/usr/local/bin/appliance", ["serve", "--grpc", "0.0.0.0:7700"], "/var/lib/appliance");
        string[] lines = unit.Split('\n');
        Assert.Contains("ExecStart=/usr/local/bin/appliance serve --grpc 0.0.0.0:7700", lines);
        foreach (string line in new[] { "Type=notify", "KillMode=process", "Delegate=yes", "LimitNOFILE=1048576", "WatchdogSec=60", "Restart=always" })
        {
            Assert.Contains(line, lines);
        }
    }

    [Theory]
    [InlineData("/srv/my data", "\"/srv/my data\"")]
    [InlineData("/srv/50%", "/srv/50%%")]
    [InlineData("/srv/$HOME", "\"/srv/$$HOME\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("", "\"\"")]
    [InlineData("[::1]:7700", "[::1]:7700")]
    public void Render_ArgumentsThatSystemdWouldExpand_AreQuoted(string argument, string expected)
    {
        string unit = ServiceUnit.Render("/bin/appliance", [argument], "/data");
        Assert.Contains($"ExecStart=/bin/appliance {expected}\n", unit);
    }

    [Fact]
    public void FindDataDirectory_OfARenderedUnit_IsWhatItWasGiven()
    {
        Assert.Equal("/srv/my data", ServiceUnit.FindDataDirectory(ServiceUnit.Render("/bin/appliance", [], "/srv/my data")));
        Assert.Null(ServiceUnit.FindDataDirectory("[Unit]\nData=/elsewhere\n"));
    }
}
