using Appliance.Admin.Programs;
using Appliance.Core.Errors;

namespace Appliance.Admin.Service;

/// <summary>Orders to systemd.</summary>
public sealed class Systemctl(ProgramProbe programs)
{
    /// <summary>A start waits until the service is ready, and that includes migrating its data.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    /// <exception cref="ApplianceException">FailedPrecondition: systemd refuses, or there is no systemctl.</exception>
    public async Task<string> TellAsync(string[] arguments, CancellationToken cancellation)
    {
        (int status, string text) = await RunAsync(arguments, cancellation);
        return status == 0 ? text : throw new ApplianceException(
            ErrorKind.FailedPrecondition,
            $"'systemctl {string.Join(' ', arguments)}' ended with {status}: {text} See 'journalctl -u {ServicePaths.UnitName} -n 50'.");
    }

    /// <summary>Whether the answer to a question such as <c>is-active</c> is yes.</summary>
    public async Task<bool> AsksAsync(string[] arguments, CancellationToken cancellation) => (await RunAsync(arguments, cancellation)).Status == 0;

    private async Task<(int Status, string Text)> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        ProgramAnswer? answer = programs.Find("systemctl") is { } systemctl
            ? await programs.AskAsync(systemctl, arguments, cancellation, Patience)
            : throw new ApplianceException(ErrorKind.FailedPrecondition, "'systemctl' is not on PATH.");
        return answer is null ? (-1, "no answer.") : (answer.Status, answer.Text);
    }
}
