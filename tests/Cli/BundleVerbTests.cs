using Appliance.Cli;
using Appliance.Metadata;
using Appliance.Tests.Images;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Cli;

public sealed class BundleVerbTests
{
    [RootFact]
    public async Task Bundle_WithoutAServer_CarriesFromOneDataDirectoryToAnother()
    {
        using TestDirectory here = await DataAsync();
        using TestDirectory there = await DataAsync();
        using var scratch = new TestDirectory();
        string At(string name) => Path.Combine(scratch.Path, name);
        File.WriteAllBytes(At("root.tar"), new TarBuilder().Directory("etc").File("etc/name", "text").ToArray());
        Directory.CreateDirectory(At("models"));
        File.WriteAllText(At("models/a.bin"), "weights");
        await DoAsync("image", "import", At("root.tar"), "--tag", "a:1", "--data", here.Path);
        await DoAsync("volume", "import", "models", At("models"), "--create", "--data", here.Path);

        VerbRun created = await DoAsync("bundle", "create", At("box"), "--image", "a:1", "--volume", "models", "--data", here.Path);
        Assert.Contains("appliance bundle import", created.Output, StringComparison.Ordinal);
        VerbRun seen = await DoAsync("bundle", "inspect", At("box"), "--check", "--json");
        Assert.Equal("a:1", seen.Json.GetProperty("members")[0].GetProperty("images")[0].GetString());
        Assert.Contains("models", (await DoAsync("bundle", "inspect", At("box"))).Output, StringComparison.Ordinal);
        VerbRun brought = await DoAsync("bundle", "import", At("box"), "--data", there.Path, "--json");
        Assert.Equal("models", brought.Json.GetProperty("volumes")[0].GetProperty("name").GetString());
        Assert.Contains("Imported a:1", (await DoAsync("bundle", "import", At("box"), "--data", there.Path)).Output, StringComparison.Ordinal);
        await DoAsync("volume", "export", "models", At("copy"), "--data", there.Path);
        Assert.Equal("weights", File.ReadAllText(At("copy/a.bin")));
    }

    [RootFact]
    public async Task Bundle_ThatFails_LeavesNoFileAndSaysWhy()
    {
        using TestDirectory data = await DataAsync();
        string file = Path.Combine(data.Path, "box");
        VerbRun missing = await VerbRun.OfAsync("bundle", "create", file, "--image", "none:1", "--data", data.Path);
        Assert.Equal(ExitStatus.NotFound, missing.Status);
        Assert.Empty(Directory.GetFiles(data.Path, "box*"));
        VerbRun nothing = await VerbRun.OfAsync("bundle", "create", file, "--data", data.Path);
        Assert.Equal(ExitStatus.Usage, nothing.Status);
        Assert.Contains("--volume", nothing.Errors, StringComparison.Ordinal);
        File.WriteAllText(file, "words");
        Assert.Equal(ExitStatus.NotFound, (await VerbRun.OfAsync("bundle", "create", file, "--image", "a:1", "--data", data.Path)).Status);
        VerbRun damaged = await VerbRun.OfAsync("bundle", "import", file, "--data", data.Path);
        Assert.Equal(ExitStatus.Usage, damaged.Status);
        Assert.Contains(file, damaged.Errors, StringComparison.Ordinal);
    }

    private static async Task<TestDirectory> DataAsync()
    {
        var data = new TestDirectory();
        await (await MetadataStore.OpenAsync(data.Path, TimeProvider.System)).DisposeAsync();
        return data;
    }

    private static async Task<VerbRun> DoAsync(params string[] arguments)
    {
        VerbRun run = await VerbRun.OfAsync(arguments);
        Assert.Equal((ExitStatus.Done, ""), (run.Status, run.Errors));
        return run;
    }
}
