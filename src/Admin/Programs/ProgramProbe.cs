using System.ComponentModel;
using System.Diagnostics;

namespace Appliance.Admin.Programs;

/// <summary>Finds programs on a search path and asks them things.</summary>
public sealed class ProgramProbe(string searchPath)
{
    // Root's programs, which a user's search path may leave out.
    private const string RootsPrograms = "/usr/local/sbin:/usr/sbin:/sbin";

    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    public static ProgramProbe OfMachine() => new($"{Environment.GetEnvironmentVariable("PATH")}:{RootsPrograms}");

    /// <summary>Full path; null when no folder of the search path has it.</summary>
    public string? Find(string program) => searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(path => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not { Exists: false });

    /// <summary>Runs it with a time limit; null when it does not start or does not end in time.</summary>
    public async Task<ProgramAnswer?> AskAsync(
        string path, string[] arguments, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience ?? UsualPatience);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            process.StandardInput.Close();
            string[] texts = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return new ProgramAnswer(process.ExitCode, string.Concat(texts).Trim());
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
    }
}
