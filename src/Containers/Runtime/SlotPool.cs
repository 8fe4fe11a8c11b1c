using System.Threading.Channels;
using Appliance.Containers.Shims;
using Appliance.Core.Ids;

namespace Appliance.Containers.Runtime;

/// <summary>Keeps a few shims started ahead of need: starting one takes longer than all the rest of a container.</summary>
internal sealed class SlotPool : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>After a start its client reads what the container writes, which the next shim would take the processor from.</summary>
    private static readonly TimeSpan PauseAfterStart = TimeSpan.FromMilliseconds(50);

    /// <summary>Where something is always being started, the pool is filled all the same.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private readonly RunDirectory run;
    private readonly ShimStarter starter;
    private readonly Action<Exception> report;
    private readonly Channel<ContainerSlot> ready;
    private readonly CancellationTokenSource stop = new();
    private readonly Task filling;

    /// <param name="run">Where bundles are.</param>
    /// <param name="starter">Starts shims.</param>
    /// <param name="size">How many wait; none when 0.</param>
    /// <param name="report">Told what went wrong in the background.</param>
    public SlotPool(RunDirectory run, ShimStarter starter, int size, Action<Exception> report)
    {
        this.run = run;
        this.starter = starter;
        this.report = report;
        ready = Channel.CreateBounded<ContainerSlot>(Math.Max(1, size));
        filling = size > 0 ? Task.Run(FillAsync) : Task.CompletedTask;
    }

    /// <summary>Starts that shims for later have to wait for.</summary>
    public StartsUnderWay Starts { get; } = new();

    public async Task<ContainerSlot> RentAsync()
    {
        while (ready.Reader.TryRead(out ContainerSlot? slot))
        {
            if (!slot.Shim.Closed.IsCompleted)
            {
                return slot;
            }

            await RemoveAsync(slot);
        }

        return await StartAsync();
    }

    /// <summary>Ends the shim and removes the bundle; nothing may be mounted in it any more.</summary>
    public static async Task RemoveAsync(ContainerSlot slot)
    {
        await slot.Shim.ShutdownAsync(CancellationToken.None);
        await slot.Shim.DisposeAsync();
        await BundleSweep.DeleteAsync(slot.Bundle);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await filling;
        while (ready.Reader.TryRead(out ContainerSlot? slot))
        {
            await RemoveAsync(slot);
        }

        stop.Dispose();
    }

    private async Task FillAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await UntilCalmAsync();
                ContainerSlot slot = await StartAsync();
                try
                {
                    await ready.Writer.WriteAsync(slot, stop.Token);
                }
                catch (OperationCanceledException)
                {
                    await RemoveAsync(slot);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure)
            {
                report(failure);
                await Task.Delay(TimeSpan.FromSeconds(5), stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task UntilCalmAsync()
    {
        using var longest = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        longest.CancelAfter(PauseMax);
        try
        {
            while (Starts.Calm is { IsCompleted: false } calm)
            {
                await calm.WaitAsync(longest.Token);
                await Task.Delay(PauseAfterStart, longest.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It has waited long enough.
        }
    }

    /// <summary>Cannot be cancelled: a shim that is halfway into the background could not be ended.</summary>
    private async Task<ContainerSlot> StartAsync()
    {
        string id = ObjectIdText.Mint("slot");
        string bundle = Path.Combine(run.Bundles, id);
        Directory.CreateDirectory(bundle, OwnerOnly);
        Directory.CreateDirectory(ContainerSlot.RootOf(bundle));
        // A shim that starts wants to read one, for its annotations; the container's own comes later.
        await File.WriteAllTextAsync(Path.Combine(bundle, "config.json"), "{}");
        string socket = await starter.StartAsync(id, bundle);
        return new ContainerSlot(bundle, await ShimClient.ConnectAsync(socket, id, CancellationToken.None));
    }
}
