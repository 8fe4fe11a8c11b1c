using Appliance.Admin.Doctor.Probing;
using Appliance.Admin.Programs;
using Appliance.Containers.Packed;
using Appliance.Core.Errors;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>The two programs that start and hold containers: the machine's, or those that this executable carries.</summary>
public sealed class ShimCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "container runtime";

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        using ScratchFolder scratch = ScratchFolder.Create(subject.DataDirectory);
        return
        [
            await InspectAsync(PackedPrograms.Shim, "-v", "containerd", scratch, cancellation),
            await InspectAsync(PackedPrograms.Runc, "--version", "runc", scratch, cancellation),
        ];
    }

    private async Task<Finding> InspectAsync(string program, string flag, string package, ScratchFolder scratch, CancellationToken cancellation)
    {
        string fix = $"Install it: 'apt-get install {package}'{(package == "containerd" ? "; only the shim is used, its daemon may stay off" : "")}.";
        string? installed = subject.Programs.Find(program);
        if (installed is null && FindUnpackingFault(scratch) is { } fault)
        {
            return Finding.Bad(program, fault, fix);
        }

        string path = installed ?? Path.Combine(PackedPrograms.FolderIn(scratch.Path), program);
        string place = installed is null ? "from this executable" : $"at {path}";
        ProgramAnswer? answer = await subject.Programs.AskAsync(path, [flag], cancellation);
        return answer is { Status: 0 }
            ? Finding.Ok(program, $"{VersionIn(answer.Text)} {place}")
            : Finding.Bad(program, $"the one {place} does not run: {answer?.FirstLine ?? "no answer"}", fix);
    }

    private static string? FindUnpackingFault(ScratchFolder scratch)
    {
        try
        {
            PackedPrograms.EnsureUnpacked(scratch.Path);
            return null;
        }
        catch (ApplianceException fault)
        {
            return fault.Message;
        }
    }

    private static string VersionIn(string text)
    {
        string? line = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line =>
            line.Contains("version", StringComparison.OrdinalIgnoreCase) && line.Any(char.IsAsciiDigit) && !line.StartsWith("Go ", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1] ?? "version unknown";
    }
}
