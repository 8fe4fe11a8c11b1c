using Appliance.Admin.Programs;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>The two programs that start and hold containers.</summary>
public sealed class ShimCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "container runtime";

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) =>
    [
        await InspectAsync("containerd-shim-runc-v2", "-v", "containerd", cancellation),
        await InspectAsync("runc", "--version", "runc", cancellation),
    ];

    private async Task<Finding> InspectAsync(string program, string flag, string package, CancellationToken cancellation)
    {
        string fix = $"Install it: 'apt-get install {package}'{(package == "containerd" ? "; only the shim is used, its daemon may stay off" : "")}.";
        if (subject.Programs.Find(program) is not { } path)
        {
            return Finding.Bad(program, "not on PATH: no container can start", fix);
        }

        ProgramAnswer? answer = await subject.Programs.AskAsync(path, [flag], cancellation);
        return answer is { Status: 0 }
            ? Finding.Ok(program, $"{VersionIn(answer.Text)} at {path}")
            : Finding.Bad(program, $"{path} does not run: {answer?.FirstLine ?? "no answer"}", fix);
    }

    private static string VersionIn(string text)
    {
        string? line = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line =>
            line.Contains("version", StringComparison.OrdinalIgnoreCase) && line.Any(char.IsAsciiDigit) && !line.StartsWith("Go ", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1] ?? "version unknown";
    }
}
