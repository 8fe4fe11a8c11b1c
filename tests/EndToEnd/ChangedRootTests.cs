using System.Text.Json;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.EndToEnd;

/// <summary>The published executable where a plain directory is the root, as in a build's or a rescue system's chroot.</summary>
public sealed class ChangedRootTests
{
    private const string RunInside = """
        set -e
        for program in "$1" /bin/cat; do
          for file in "$program" $(ldd "$program" | grep -o '/[^ ]*'); do
            mkdir -p ".${file%/*}"
            cp -L "$file" ".$file"
          done
        done
        mkdir -p proc dev etc data tmp
        mount --rbind /dev dev
        mount -t proc proc proc
        shift
        exec chroot . "$@"
        """;

    [MountFact]
    public async Task Doctor_WhereNoMountIsTheRoot_TellsTheDiskSpace()
    {
        ProgramRun mounts = await RunInsideAsync("/bin/cat", "/proc/self/mountinfo");
        Assert.NotEmpty(mounts.Output);
        Assert.DoesNotContain(mounts.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Split(' ')[4] == "/");

        ProgramRun doctor = await RunInsideAsync(
            PublishedAppliance.ExecutablePath, "doctor", "--json", "--data", "/data", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0");

        JsonElement finding = JsonDocument.Parse(doctor.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "disk space");
        Assert.Matches(@"^\d+\.\d GiB free of \d+\.\d", finding.GetProperty("what").GetString());
    }

    [MountFact]
    public async Task SelfTest_WhereNoMountIsTheRoot_Passes() =>
        (await RunInsideAsync(PublishedAppliance.ExecutablePath, "self-test")).ShouldSucceed();

    private static async Task<ProgramRun> RunInsideAsync(params string[] command)
    {
        using var root = new DataFolder();
        return await ProgramRun.WithOwnMountsAsync(RunInside, [PublishedAppliance.ExecutablePath, .. command], root.Path);
    }
}
