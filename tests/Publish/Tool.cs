using System.ComponentModel;
using System.Diagnostics;

namespace Appliance.Tests.Publish;

/// <summary>Runs a program of the machine and returns what it prints.</summary>
public static class Tool
{
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        (int status, string output, string errors) = await TryRunAsync(program, arguments);
        Assert.True(status == 0, $"'{program} {string.Join(' ', arguments)}' ended with {status}: {errors}{output}");
        return output;
    }

    public static async Task<(int Status, string Output, string Errors)> TryRunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception cause)
        {
            throw new InvalidOperationException($"'{program}' does not start ({cause.Message}): run build/deps.", cause);
        }

        using (process)
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await errors);
        }
    }
}
