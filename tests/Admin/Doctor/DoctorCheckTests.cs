using System.Net;
using System.Net.Sockets;
using Appliance.Admin.Doctor;
using Appliance.Admin.Doctor.Checks;
using Appliance.Admin.Doctor.Probing;
using Appliance.Admin.Programs;
using Appliance.Tests.Gpus;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Admin.Doctor;

/// <summary>Checks on machines made of a folder.</summary>
public sealed class DoctorCheckTests : IDisposable
{
    private readonly TemporaryFolder machine = new();

    private DoctorSubject Subject => new()
    {
        DataDirectory = Path.Combine(machine.Path, "data"),
        Grpc = new IPEndPoint(IPAddress.Loopback, 0),
        Http = new IPEndPoint(IPAddress.Loopback, 0),
        Files = new MachineFiles(machine.Path),
        Programs = new ProgramProbe(Path.Combine(machine.Path, "bin")),
        IsRoot = true,
    };

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("6.1.0-28-amd64", FindingState.Ok)]
    [InlineData("5.10.0", FindingState.Warn)]
    [InlineData("4.18.0-553.el8", FindingState.Bad)]
    [InlineData("strange", FindingState.Warn)]
    public async Task Kernel_OfARelease_IsJudged(string release, FindingState expected)
    {
        machine.Write("proc/sys/kernel/osrelease", release + "\n");
        IReadOnlyList<Finding> findings = await new KernelCheck(Subject).InspectAsync(CancellationToken.None);
        Assert.Equal(expected, findings[0].State);
        Assert.Equal(FindingState.Warn, findings[1].State);
    }

    [Fact]
    public async Task Cgroups_Unified_MakesAndRemovesOne()
    {
        machine.Write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
        Finding finding = await OnlyAsync(new CgroupCheck(Subject));
        Assert.Equal(FindingState.Ok, finding.State);
        Assert.Contains("version 2", finding.What);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(machine.Path, "sys/fs/cgroup")));
    }

    [Fact]
    public async Task Cgroups_WithoutMemory_AreBad()
    {
        machine.Write("sys/fs/cgroup/cgroup.controllers", "cpu pids\n");
        Finding finding = await OnlyAsync(new CgroupCheck(Subject));
        Assert.Equal(FindingState.Bad, finding.State);
        Assert.Contains("without memory", finding.What);
    }

    [Fact]
    public async Task Cgroups_NoneMounted_AreBad() => Assert.Equal(FindingState.Bad, (await OnlyAsync(new CgroupCheck(Subject))).State);

    [Fact]
    public async Task Shim_Absent_ComesFromTheExecutable()
    {
        Directory.CreateDirectory(Subject.DataDirectory);
        IReadOnlyList<Finding> findings = await new ShimCheck(Subject).InspectAsync(CancellationToken.None);
        Assert.All(findings, finding => Assert.Equal(FindingState.Ok, finding.State));
        Assert.All(findings, finding => Assert.Matches(@"^\d+\.\d+\.\d+\S* from this executable$", finding.What));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Subject.DataDirectory));
    }

    [Fact]
    public async Task Shim_Present_TellsItsVersion()
    {
        machine.WriteProgram("bin/containerd-shim-runc-v2", "printf 'containerd-shim-runc-v2:\\n  Version:  1.6.20~ds1\\n  Revision: x\\n  Go version: go1.19\\n'");
        machine.WriteProgram("bin/runc", "printf 'runc version 1.1.5+ds1\\nspec: 1.0.2\\n'");
        IReadOnlyList<Finding> findings = await new ShimCheck(Subject).InspectAsync(CancellationToken.None);
        Assert.StartsWith("1.6.20~ds1 at ", findings[0].What, StringComparison.Ordinal);
        Assert.StartsWith("1.1.5+ds1 at ", findings[1].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shim_ThatFails_IsBad()
    {
        machine.WriteProgram("bin/runc", "echo 'wrong machine' >&2; exit 126");
        IReadOnlyList<Finding> findings = await new ShimCheck(Subject).InspectAsync(CancellationToken.None);
        Assert.Equal(FindingState.Bad, findings[1].State);
        Assert.Contains("wrong machine", findings[1].What);
        Assert.Contains("apt-get install runc", findings[1].Fix);
    }

    [Fact]
    public async Task Ports_UsedByAnother_AreBadAndOursAreNot()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        DoctorSubject subject = Subject with { Grpc = (IPEndPoint)other.LocalEndpoint };
        IReadOnlyList<Finding> findings = await new PortsCheck(subject).InspectAsync(CancellationToken.None);
        Assert.Equal([FindingState.Bad, FindingState.Ok], findings.Select(finding => finding.State));
        Assert.Contains("--grpc", findings[0].Fix);

        findings = await new PortsCheck(subject with { ServerProcessId = 42 }).InspectAsync(CancellationToken.None);
        Assert.All(findings, finding => Assert.Equal(FindingState.Ok, finding.State));
    }

    [Theory]
    [InlineData("1024:1048576", FindingState.Ok)]
    [InlineData("1024:4096", FindingState.Warn)]
    [InlineData("unlimited:unlimited", FindingState.Ok)]
    public async Task OpenFiles_OfTheLimits_AreJudged(string limits, FindingState expected)
    {
        string[] parts = limits.Split(':');
        machine.Write("proc/self/limits", $"Limit                     Soft Limit           Hard Limit           Units\nMax open files            {parts[0],-20} {parts[1],-20} files\n");
        Assert.Equal(expected, (await OnlyAsync(new OpenFilesCheck(Subject))).State);
    }

    [Fact]
    public async Task DataDirectory_OpenToOthers_IsToldAndNotThereIsFine()
    {
        Assert.Equal(FindingState.Ok, (await new DiskSpaceCheck(Subject).InspectAsync(CancellationToken.None))[0].State);
        Directory.CreateDirectory(Subject.DataDirectory, (UnixFileMode)0b111_101_101);
        Finding finding = (await new DiskSpaceCheck(Subject).InspectAsync(CancellationToken.None))[0];
        Assert.Equal(FindingState.Warn, finding.State);
        Assert.Contains("chmod 700", finding.Fix);
    }

    [Fact]
    public async Task Privileges_WithoutRoot_AreBad() =>
        Assert.Equal(FindingState.Bad, (await OnlyAsync(new PrivilegeCheck(Subject with { IsRoot = false }))).State);

    [Fact]
    public async Task Doctor_WhoseCheckFails_GoesOnWithTheOthers()
    {
        var doctor = new MachineDoctor([new BrokenCheck(), new PrivilegeCheck(Subject)]);
        DoctorReport report = await doctor.InspectAsync(CancellationToken.None);
        Assert.True(report.Healthy);
        Assert.Equal([FindingState.Warn, FindingState.Ok], report.Findings.Select(finding => finding.State));
        Assert.Contains("out of order", report.Findings[0].What);
    }

    [Fact]
    public async Task Gpu_OfAMachineWithSome_NamesThemAndWhatToAskFor()
    {
        using GpuTree tree = GpuTree.With(2);
        IReadOnlyList<Finding> findings = await new GpuCheck(Subject with { Gpus = tree.Machine }).InspectAsync(CancellationToken.None);
        Assert.All(findings, finding => Assert.Equal(FindingState.Ok, finding.State));
        Assert.Contains("NVIDIA H100 80GB HBM3 (81,920 MiB, gpu=\"H100\")", findings[0].What);
        Assert.Contains("driver 550.54.15", findings[0].What);
        Assert.Contains("no specifications", findings[1].What);
    }

    [Fact]
    public async Task Gpu_OfAMachineWithPartOfADriver_SaysWhatIsMissing()
    {
        using GpuTree tree = GpuTree.With(1);
        tree.Remove("dev/nvidia-uvm");
        tree.Write("etc/cdi/broken.yaml", "kind: nvidia.com/gpu\nstrange: 1\n");
        IReadOnlyList<Finding> findings = await new GpuCheck(Subject with { Gpus = tree.Machine }).InspectAsync(CancellationToken.None);
        Assert.Equal(FindingState.Warn, findings[0].State);
        Assert.StartsWith("NO GPU: the driver is loaded, but there is no /dev/nvidia-uvm", findings[0].What);
        Assert.Contains("nvidia-modprobe", findings[0].Fix);
        Assert.Contains("/etc/cdi/broken.yaml; not used", findings[1].What);
    }

    private static async Task<Finding> OnlyAsync(IDoctorCheck check) => Assert.Single(await check.InspectAsync(CancellationToken.None));

    private sealed class BrokenCheck : IDoctorCheck
    {
        public string Name => "broken";

        public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) => throw new InvalidOperationException("out of order");
    }
}
