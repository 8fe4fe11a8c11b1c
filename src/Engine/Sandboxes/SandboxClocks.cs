using Appliance.Containers.Runtime;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>Ends a sandbox when its time is up, or when nobody has used it for as long as was agreed.</summary>
internal sealed class SandboxClocks(LiveSandbox sandbox, Container container, TimeProvider clock, Action<SandboxEnding> end) : IDisposable
{
    private ITimer? life;
    private ITimer? idle;

    /// <param name="startedAt">When the sandbox started, perhaps under an earlier server.</param>
    public void Begin(DateTimeOffset startedAt)
    {
        if (sandbox.Definition.Function is not null)
        {
            // Its pool decides.
            return;
        }

        TimeSpan left = startedAt.AddSeconds(sandbox.Definition.TimeoutSeconds) - clock.GetUtcNow();
        life = clock.CreateTimer(_ => end(SandboxEnding.Timeout), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        if (sandbox.Definition.IdleTimeoutSeconds is { } seconds)
        {
            var allowed = TimeSpan.FromSeconds(seconds);
            idle = clock.CreateTimer(_ => CheckIdle(allowed), null, allowed, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        life?.Dispose();
        idle?.Dispose();
    }

    private void CheckIdle(TimeSpan allowed)
    {
        TimeSpan unused = container.RunningExecs > 0 || sandbox.IsInUse ? TimeSpan.Zero : clock.GetUtcNow() - sandbox.LastUsedAt(clock);
        if (unused >= allowed)
        {
            end(SandboxEnding.IdleTimeout);
            return;
        }

        // While something runs, one look in each period is enough: its end counts as use.
        idle?.Change(allowed - unused, Timeout.InfiniteTimeSpan);
    }
}
