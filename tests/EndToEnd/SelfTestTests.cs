using System.Text.Json;
using Appliance.Tests.Guest;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.EndToEnd;

/// <summary><c>appliance self-test</c> of the published executable, with nothing imported before.</summary>
public sealed class SelfTestTests
{
    private static readonly string[] OfContainers =
    [
        "runs a container", "runs commands in it", "holds it to its memory", "isolates its network", "keeps a volume's files",
        "makes an image of it", "adopts it after a restart", "calls a function", "maps a function", "keeps a class's instances apart",
        "answers a web request",
    ];

    /// <summary>An overlay shows the machine's folders without the two programs: that is what a character device 0:0 says.</summary>
    private const string RunWithoutPrograms = """
        set -e
        for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin; do
          for program in containerd-shim-runc-v2 runc; do
            if [ -e "$folder/$program" ] || [ -L "$folder/$program" ]; then
              mkdir -p "hidden$folder"
              mknod "hidden$folder/$program" c 0 0
            fi
          done
          [ ! -e "hidden$folder" ] || mount -t overlay none -o "lowerdir=$PWD/hidden$folder:$folder" "$folder"
        done
        ! command -v runc containerd-shim-runc-v2
        exec "$@"
        """;

    [RootFact]
    public async Task SelfTest_AsRoot_ProvesContainers()
    {
        JsonElement[] results = await RunAsync(PublishedAppliance.ExecutablePath, ["self-test", "--json"]);

        Assert.All(results, result => Assert.True(result.GetProperty("passed").GetBoolean(), result.ToString()));
        Assert.Equal(OfContainers, results.Select(NameOf).TakeLast(OfContainers.Length));
    }

    [MountFact]
    public async Task SelfTest_WhereNeitherShimNorRuncIsInstalled_ProvesContainersWithItsOwn()
    {
        using var folder = new DataFolder();
        ProgramRun run = await ProgramRun.WithOwnMountsAsync(RunWithoutPrograms, [PublishedAppliance.ExecutablePath, "self-test", "--json"], folder.Path);
        run.ShouldSucceed();
        JsonElement[] results = [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
        Assert.All(results, result => Assert.True(result.GetProperty("passed").GetBoolean(), result.ToString()));
        Assert.Equal(OfContainers, results.Select(NameOf).TakeLast(OfContainers.Length));
    }

    [RootFact]
    public async Task SelfTest_OfAnotherUser_SaysWhatItSkipped()
    {
        string[] nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", PublishedAppliance.ExecutablePath, "self-test", "--json"];

        JsonElement[] results = await RunAsync("setpriv", nobody);

        JsonElement[] skipped = [.. results.Where(result => result.GetProperty("skipped").GetBoolean())];
        Assert.Equal(OfContainers, skipped.Select(NameOf));
        Assert.All(skipped, result => Assert.False(result.GetProperty("passed").GetBoolean()));
        Assert.All(skipped, result => Assert.Contains("root", result.GetProperty("detail").GetString()));
    }

    private static string? NameOf(JsonElement result) => result.GetProperty("name").GetString();

    private static async Task<JsonElement[]> RunAsync(string program, string[] arguments)
    {
        ProgramRun run = await ProgramRun.StartAsync(program, arguments, new Dictionary<string, string>());
        run.ShouldSucceed();
        return [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
    }
}
