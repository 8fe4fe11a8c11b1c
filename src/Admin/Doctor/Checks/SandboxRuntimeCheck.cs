using Appliance.Admin.Programs;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>gVisor, for code that is not trusted and for memory snapshots. Nobody needs it who does not ask for it.</summary>
public sealed class SandboxRuntimeCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "runsc";

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        if (subject.Programs.Find("runsc") is not { } path)
        {
            return [Finding.Ok(Name, "not installed (optional): the 'gvisor' runtime and memory snapshots are not available; 'apt-get install runsc' adds them")];
        }

        ProgramAnswer? answer = await subject.Programs.AskAsync(path, ["--version"], cancellation);
        return
        [
            answer is { Status: 0 }
                ? Finding.Ok(Name, $"{answer.FirstLine} at {path}")
                : Finding.Warn(Name, $"{path} does not run: {answer?.FirstLine ?? "no answer"}", "Install it anew: 'apt-get install --reinstall runsc'."),
        ];
    }
}
