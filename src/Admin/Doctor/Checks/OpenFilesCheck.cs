using System.Globalization;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>How many files and connections the process may have open.</summary>
public sealed class OpenFilesCheck(DoctorSubject subject) : IDoctorCheck
{
    private const long Recommended = 65_536;

    public string Name => "open files";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        const string Title = "Max open files";
        string? line = subject.Files.Read("proc/self/limits")?.Split('\n').FirstOrDefault(line => line.StartsWith(Title, StringComparison.Ordinal));

        // Soft limit, hard limit, unit. The .NET runtime raises the first to the second when it starts.
        string hard = line?[Title.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] ?? "unknown";
        bool isEnough = hard == "unlimited" || (long.TryParse(hard, CultureInfo.InvariantCulture, out long limit) && limit >= Recommended);
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            isEnough
                ? Finding.Ok(Name, $"{hard} allowed")
                : Finding.Warn(Name, $"{hard} allowed; many connections and containers need more", $"Run 'ulimit -Hn {Recommended}' before, or use the service that 'appliance install' makes."),
        ]);
    }
}
