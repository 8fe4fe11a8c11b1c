using System.Text;
using Appliance.Images.Building;

namespace Appliance.Tests.Images.Building;

/// <summary>Commands without containers: writes a file that says what was run, and fails or waits when told to.</summary>
internal sealed class FakeRunStep : IRunStep
{
    private int count;

    public List<RunStepRequest> Requests { get; } = [];

    public TaskCompletionSource? Gate { get; set; }

    public async Task<RunStepResult> RunAsync(RunStepRequest request, CancellationToken cancellation)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        await request.Output(Encoding.UTF8.GetBytes("running\n"), false);
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellation);
        }

        string command = request.Arguments[^1];
        await request.Output(Encoding.UTF8.GetBytes($"said {command}\n"), true);
        if (command.Contains("fail", StringComparison.Ordinal))
        {
            return new RunStepResult(3, null);
        }

        // On the disk of the layers, as the interface demands.
        string upper = Path.Combine(Path.GetDirectoryName(request.LowerDirectories[0])!, "..", $"upper{Interlocked.Increment(ref count)}");
        Directory.CreateDirectory(upper);
        await File.WriteAllTextAsync(Path.Combine(upper, "ran"), command, cancellation);
        return new RunStepResult(0, Path.GetFullPath(upper));
    }
}
