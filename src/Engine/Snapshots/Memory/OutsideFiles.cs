using System.Globalization;
using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;

namespace Appliance.Engine.Snapshots.Memory;

/// <summary>
/// Finds processes that a restored sandbox could not have. Files of its own are found again, and the streams of its first
/// process; not the streams of what a command left behind, which are the machine's, nor files of volumes, where others
/// write, nor deleted ones.
/// </summary>
internal static class OutsideFiles
{
    private const int ProgramStreams = 3;
    private const int TerminalStreams = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Each as its number, its name and what it holds; none when all is well.</returns>
    /// <exception cref="ApplianceException">FailedPrecondition: it cannot be found out.</exception>
    public static async Task<IReadOnlyList<string>> ListHoldersAsync(Container container, bool hasTerminal)
    {
        string execId = $"outside-{Guid.NewGuid():N}";
        int first = hasTerminal ? TerminalStreams : ProgramStreams;
        ContainerProcess process = await container.StartExecAsync(
            execId,
            container.Process with
            {
                Arguments = [$"{GuestPrograms.MountPoint}/{GuestPrograms.Init}", "--outside", first.ToString(CultureInfo.InvariantCulture)],
                WorkingDirectory = "/",
                UserId = 0,
                GroupId = 0,
                Terminal = null,
                HasInput = false,
                DiscardsError = true,
            },
            Patience);
        ProcessExit exit = await process.Exited;
        await process.OutputEnded;
        string[] holders = await File.ReadAllLinesAsync(process.OutputPath);
        await container.ForgetExecAsync(execId);
        return exit.Status == 0
            ? holders
            : throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{container.Id}' does not say which files it holds: its /proc cannot be read.");
    }
}
