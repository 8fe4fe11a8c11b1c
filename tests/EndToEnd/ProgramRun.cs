using System.Diagnostics;

namespace Appliance.Tests.EndToEnd;

/// <summary>A program that ran to its end.</summary>
internal sealed record ProgramRun(int ExitStatus, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static Task<ProgramRun> ApplianceAsync(params string[] arguments) =>
        StartAsync(PublishedAppliance.ExecutablePath, arguments, new Dictionary<string, string>());

    /// <summary>Runs a shell script, as root, whose mounts nobody else sees and which are gone when it ends.</summary>
    public static Task<ProgramRun> WithOwnMountsAsync(string script, IEnumerable<string>? arguments = null, string? directory = null)
    {
        // In a change-root environment "/" may be no mount, which can then not be made private: 'unshare' would end there.
        string whole = $"mount --make-rprivate / 2>/dev/null || true\n{script}";
        return StartAsync(
            "unshare", ["--mount", "--propagation", "unchanged", "sh", "-c", whole, "sh", .. arguments ?? []], new Dictionary<string, string>(), directory);
    }

    public static async Task<ProgramRun> StartAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? string.Empty,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{program} {string.Join(' ', arguments)}' did not end: {await output} {await errors}");
        }

        return new ProgramRun(process.ExitCode, await output, await errors);
    }

    public void ShouldSucceed() => Assert.True(ExitStatus == 0, $"Exit status {ExitStatus}: {Output}{Errors}");
}
