using Appliance.Core.Errors;
using Appliance.Hosting.Settings;

namespace Appliance.Tests.Hosting;

public sealed class ServeSettingsBinderTests
{
    [Theory]
    [InlineData("127.0.0.1:7700", "127.0.0.1:7700", true)]
    [InlineData("localhost:1", "127.0.0.1:1", true)]
    [InlineData("[::1]:2", "[::1]:2", true)]
    [InlineData("*:3", "0.0.0.0:3", false)]
    [InlineData("10.0.0.8:4", "10.0.0.8:4", false)]
    public void TryRead_Address_KnowsLoopback(string text, string printed, bool isLoopback)
    {
        Assert.True(ListenAddress.TryRead(text, out ListenAddress address));
        Assert.Equal((printed, isLoopback), (address.ToString(), address.IsLoopback));
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("host.example:80")]
    [InlineData("::1:80")]
    public void TryRead_NoAddress_IsFalse(string text) => Assert.False(ListenAddress.TryRead(text, out _));

    [Theory]
    [InlineData("8000-8099", true)]
    [InlineData("8000-8000", true)]
    [InlineData("8000", false)]
    [InlineData("8001-8000", false)]
    [InlineData("0-5", false)]
    [InlineData("65535-65536", false)]
    [InlineData("1000-2000", false)]
    [InlineData("8000-8001-8002", false)]
    public void TryRead_PortRange_TakesWhatCanBeListenedOn(string text, bool isRange)
    {
        Assert.Equal(isRange, PortRange.TryRead(text, out PortRange range));
        Assert.True(!isRange || range.ToString() == text);
    }

    [Fact]
    public void Bind_WrongPortRange_SaysWhatToWrite()
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => Bind(("web-ports", "80")));

        Assert.Contains("such as '8000-8099'", failure.Message);
    }

    [Fact]
    public void Bind_BeyondLoopback_UsesTls()
    {
        ServeSettings settings = Bind(("grpc", "0.0.0.0:7700"));

        Assert.True(settings.UsesTls(settings.Grpc));
        Assert.False(settings.UsesTls(settings.Http));
    }

    [Fact]
    public void Open_FlagVariableAndFile_WeighInThatOrder()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "# comment\n\nhttp = 127.0.0.1:1\ngrpc = 127.0.0.1:1\nworkspace = from-file\n");
        var variables = new Dictionary<string, string> { ["APPLIANCE_HTTP"] = "127.0.0.1:2", ["APPLIANCE_GRPC"] = "127.0.0.1:2" };

        ServeSettings settings = new ServeSettingsBinder(SettingSources.Open(
            new Dictionary<string, string> { ["http"] = "127.0.0.1:3" }, variables.GetValueOrDefault, file)).Bind();

        Assert.Equal((3, 2, "from-file"), (settings.Http.Port, settings.Grpc.Port, settings.WorkspaceName));
        File.Delete(file);
    }

    [Fact]
    public void Open_FileWithFaults_NamesEachWithItsLine()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "colour = blue\nhttp = 127.0.0.1:1\nhttp = 127.0.0.1:2\n");

        ApplianceException refusal = Assert.Throws<ApplianceException>(() =>
            SettingSources.Open(new Dictionary<string, string>(), _ => null, file));

        Assert.Contains("line 1: 'colour' is not a setting", refusal.Message);
        Assert.Contains("line 3: 'http' is set twice", refusal.Message);
        File.Delete(file);
    }

    private static ServeSettings Bind(params (string Key, string Value)[] flags) => new ServeSettingsBinder(SettingSources.Open(
        flags.ToDictionary(flag => flag.Key, flag => flag.Value), _ => null, "/dev/null")).Bind();
}
