using Appliance.Containers.Gvisor;
using Appliance.Containers.Shims;

namespace Appliance.Containers.Runtime;

/// <summary>What it takes to start containers; made when the first is wanted, since most servers' first minute needs none.</summary>
internal sealed class ShimHost : IAsyncDisposable
{
    private readonly ShimEvents events;
    private readonly string directory;

    /// <exception cref="Core.Errors.ApplianceException">FailedPrecondition: the machine lacks something.</exception>
    public ShimHost(RunDirectory run, int warmShims, Action<Exception> report)
    {
        run.Ensure();
        Programs = ShimPrograms.Locate(run.Programs);
        directory = run.Programs;
        events = new ShimEvents(run.EventSocket);
        Directory.CreateDirectory(run.Programs, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        RuncFront.Write(run.Programs, Programs.Runc);
        if (Programs.Gvisor is { } runsc)
        {
            RunscScript.Write(run.Programs, runsc);
        }

        Slots = new SlotPool(run, new ShimStarter(Programs, run.EventSocket), warmShims, report);
    }

    public ShimPrograms Programs { get; }

    /// <summary>The program that runs containers of a runtime, as shims call it.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: no such runtime. FailedPrecondition: it is not installed.</exception>
    public string RuntimeOf(string name)
    {
        string program = Programs.RuntimeOf(name);
        return program == Programs.Gvisor ? RunscScript.PathIn(directory) : RuncFront.PathIn(directory);
    }

    public SlotPool Slots { get; }

    public async ValueTask DisposeAsync()
    {
        await Slots.DisposeAsync();
        await events.DisposeAsync();
    }
}
