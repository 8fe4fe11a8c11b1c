using System.Net;
using Appliance.Admin.Doctor.Probing;
using Appliance.Admin.Programs;
using Appliance.Gpus;

namespace Appliance.Admin.Doctor;

/// <summary>What the doctor looks at: a machine, and how the appliance is set up on it.</summary>
public sealed record DoctorSubject
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Grpc { get; init; }

    public required IPEndPoint Http { get; init; }

    /// <summary>Process id of the server that runs on the data directory; null when none does.</summary>
    public int? ServerProcessId { get; init; }

    public MachineFiles Files { get; init; } = new("/");

    public ProgramProbe Programs { get; init; } = ProgramProbe.OfMachine();

    public GpuMachine Gpus { get; init; } = new();

    /// <summary>Containers need root.</summary>
    public bool IsRoot { get; init; } = Environment.IsPrivilegedProcess;
}
