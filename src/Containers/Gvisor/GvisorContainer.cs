using System.Diagnostics;
using System.Globalization;
using Appliance.Containers.Runtime;
using Appliance.Containers.Shims;
using Appliance.Core.Errors;

namespace Appliance.Containers.Gvisor;

/// <summary>What a container under gVisor needs beside its shim, which knows runc's ways only.</summary>
/// <param name="script">Stands for runsc.</param>
/// <param name="runtimeState">The root of what the OCI runtime keeps.</param>
/// <param name="bundle">Of the container; its name is the container's for the runtime.</param>
internal sealed class GvisorContainer(string script, string runtimeState, string bundle)
{
    private const int LostStatus = 128;

    /// <summary>
    /// Sends a signal to a process that was started beside the first. The shim would send it to the program that waits for
    /// the process, on the machine.
    /// </summary>
    /// <returns>False when there is no such process any more.</returns>
    public async Task<bool> SignalAsync(string execId, int signal)
    {
        string note = Path.Combine(bundle, $"{execId}.pid.inside");
        if (!File.Exists(note) || !int.TryParse(await File.ReadAllTextAsync(note), CultureInfo.InvariantCulture, out int process))
        {
            return false;
        }

        return await RunAsync("kill", "--pid", $"{process}", Path.GetFileName(bundle), $"{signal}") is null;
    }

    /// <summary>runsc answers 128 for a process that went with its container: it was killed.</summary>
    public static int StatusOf(int status) => status == LostStatus ? ProcessExit.KilledStatus : status;

    /// <summary>Writes memory and state to a directory, and ends the container, also when it could not.</summary>
    /// <returns>Null when the checkpoint is whole, otherwise what was wrong.</returns>
    public Task<string?> CheckpointAsync(string directory) =>
        RunAsync("checkpoint", "--image-path", directory, Path.GetFileName(bundle));

    /// <summary>The first line of what a runsc says about itself.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: it does not run.</exception>
    public static async Task<string> ReadVersionAsync(string runsc)
    {
        (int status, string output, string errors) = await RunAsync(runsc, ["--version"]);
        return status == 0
            ? output.Split('\n')[0]
            : throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{runsc}' does not run: {errors.Trim()}");
    }

    /// <summary>Runs runsc.</summary>
    /// <returns>Null when it succeeded, otherwise its complaint.</returns>
    private async Task<string?> RunAsync(params string[] arguments)
    {
        (int status, _, string errors) = await RunAsync(script, ["--root", Path.Combine(runtimeState, ShimStarter.Namespace), .. arguments]);
        return status == 0 ? null : errors.Trim();
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }
}
