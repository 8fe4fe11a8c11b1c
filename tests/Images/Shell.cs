using System.Diagnostics;

namespace Appliance.Tests.Images;

/// <summary>Runs a line of shell and answers its output.</summary>
internal static class Shell
{
    public static async Task<string> RunAsync(string line)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", line])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        string errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, $"'{line}' ended with {shell.ExitCode}: {errors}");
        return await output;
    }
}
