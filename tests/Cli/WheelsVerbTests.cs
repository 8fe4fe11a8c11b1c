using Appliance.Cli;
using Appliance.Metadata;
using Appliance.Tests.Metadata;
using Appliance.Tests.Packages;

namespace Appliance.Tests.Cli;

public sealed class WheelsVerbTests
{
    [Fact]
    public async Task Wheels_AddedListedRemoved()
    {
        using var data = new TestDirectory();
        using var source = new TestDirectory();
        VerbRun nowhere = await VerbRun.OfAsync("wheels", "add", source.Path, "--data", data.Path);
        Assert.Equal(ExitStatus.NotFound, nowhere.Status);
        await (await MetadataStore.OpenAsync(data.Path, TimeProvider.System)).DisposeAsync();
        string one = WheelFiles.Write(source.Path, "tiny-1.0-py3-none-any.whl");
        string two = WheelFiles.Write(source.Path, "tiny-2.0-py3-none-any.whl", ">=3.9");

        VerbRun added = await VerbRun.OfAsync("wheels", "add", one, two, "--data", data.Path, "--json");

        Assert.Equal((ExitStatus.Done, ""), (added.Status, added.Errors));
        Assert.Equal(("added", "tiny", "1.0"), (
            added.Json[0].GetProperty("outcome").GetString(), added.Json[0].GetProperty("name").GetString(), added.Json[0].GetProperty("version").GetString()));
        WheelFiles.Write(source.Path, "tiny-1.0-py3-none-any.whl", content: "other");
        VerbRun conflict = await VerbRun.OfAsync("wheels", "add", source.Path, "--data", data.Path);
        Assert.Equal(ExitStatus.NotFound, conflict.Status);
        Assert.Contains("--force", conflict.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.Done, (await VerbRun.OfAsync("wheels", "remove", "Tiny==1.0", "--data", data.Path)).Status);
        VerbRun listed = await VerbRun.OfAsync("wheels", "list", "--data", data.Path);
        Assert.Contains("tiny-2.0-py3-none-any.whl", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("1.0", listed.Output, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.NotFound, (await VerbRun.OfAsync("wheels", "remove", "tiny==1.0", "--data", data.Path)).Status);
    }
}
