using Appliance.Admin.Programs;
using Appliance.Admin.Service;
using Appliance.Core.Errors;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Admin.Service;

/// <summary>On a machine made of a folder, whose systemctl writes down what it is told.</summary>
public sealed class ServiceInstallationTests : IDisposable
{
    private readonly TemporaryFolder machine = new();
    private readonly ServicePaths paths;
    private readonly string source;
    private bool hasContainers;

    public ServiceInstallationTests()
    {
        paths = new ServicePaths(machine.Path);
        Directory.CreateDirectory(Path.Combine(machine.Path, "run/systemd/system"));
        machine.WriteProgram("bin/systemctl", $"echo \"$*\" >> {machine.Path}/told; case \"$1\" in is-*) test -e {machine.Path}/running;; restart) touch {machine.Path}/running;; esac");
        machine.Write("proc/self/mountinfo", "35 1 0:30 / / rw - ext4 /dev/vda rw\n");
        source = machine.Write("appliance", "executable");
    }

    private Systemctl Systemctl => new(new ProgramProbe(Path.Combine(machine.Path, "bin")));

    [Fact]
    public async Task Install_OnABareMachine_CopiesWritesAndStarts()
    {
        Assert.Equal([StepOutcome.Done, StepOutcome.Done, StepOutcome.Done], await InstallAsync("unit"));
        Assert.Equal("executable", File.ReadAllText(paths.Executable));
        Assert.True(File.GetUnixFileMode(paths.Executable).HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal("unit", File.ReadAllText(paths.Unit));
        Assert.Equal(
            ["daemon-reload", "is-active --quiet appliance.service", "is-enabled --quiet appliance.service", "enable --quiet appliance.service", "restart appliance.service"],
            Told());
    }

    [Fact]
    public async Task Install_Again_ChangesNothing()
    {
        await InstallAsync("unit");
        Assert.Equal([StepOutcome.Unchanged, StepOutcome.Unchanged, StepOutcome.Unchanged], await InstallAsync("unit"));
        Assert.Single(Told(), told => told.StartsWith("restart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Install_WithOtherSettings_RewritesTheUnitAndRestarts()
    {
        await InstallAsync("unit");
        Assert.Equal([StepOutcome.Unchanged, StepOutcome.Done, StepOutcome.Done], await InstallAsync("other unit"));
        Assert.Equal(2, Told().Count(told => told.StartsWith("restart", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Install_WhenSystemdRefuses_SaysWhereToLook()
    {
        machine.WriteProgram("bin/systemctl", "echo 'it is broken'; exit 4");
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => InstallAsync("unit"));
        Assert.Contains("it is broken", failure.Message);
        Assert.Contains("journalctl -u appliance.service", failure.Message);
    }

    [Fact]
    public async Task Removal_AfterInstall_KeepsTheData()
    {
        await InstallAsync("unit");
        string data = Path.GetDirectoryName(machine.Write("data/file", ""))!;
        hasContainers = true;
        Assert.Equal([StepOutcome.Done, StepOutcome.Done, StepOutcome.Done, StepOutcome.Done], await RemoveAsync(null));
        Assert.False(File.Exists(paths.Unit));
        Assert.False(File.Exists(paths.Executable));
        Assert.True(Directory.Exists(data));
        Assert.Equal([StepOutcome.Unchanged, StepOutcome.Unchanged, StepOutcome.Unchanged, StepOutcome.Unchanged], await RemoveAsync(null));
    }

    [Fact]
    public async Task Removal_WithItsData_DeletesThat()
    {
        string data = Path.GetDirectoryName(machine.Write("data/file", ""))!;
        Assert.Equal(StepOutcome.Done, (await RemoveAsync(data))[^1]);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Removal_WithSomethingMountedInTheData_DeletesNothing()
    {
        string data = Path.GetDirectoryName(machine.Write("my data/file", ""))!;
        machine.Write("proc/self/mountinfo", $"36 35 0:31 / {data.Replace(" ", "\\040", StringComparison.Ordinal)}/run/rootfs rw - overlay overlay rw\n");
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => RemoveAsync(data));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.True(File.Exists(Path.Combine(data, "file")));
    }

    public void Dispose() => machine.Dispose();

    private Task<StepOutcome[]> InstallAsync(string unit) => TakeAsync(new ServiceInstallation(paths, Systemctl, source, unit).Steps());

    private Task<StepOutcome[]> RemoveAsync(string? data) => TakeAsync(new ServiceRemoval(paths, Systemctl, EndContainersAsync, data).Steps());

    private Task<bool> EndContainersAsync()
    {
        bool had = hasContainers;
        hasContainers = false;
        return Task.FromResult(had);
    }

    private static async Task<StepOutcome[]> TakeAsync(IReadOnlyList<ServiceStep> steps)
    {
        var outcomes = new List<StepOutcome>();
        foreach (ServiceStep step in steps)
        {
            outcomes.Add(await step.TakeAsync(CancellationToken.None));
        }

        return [.. outcomes];
    }

    private string[] Told() => File.ReadAllLines(Path.Combine(machine.Path, "told"));
}
