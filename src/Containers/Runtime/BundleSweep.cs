using System.Diagnostics;
using Appliance.Containers.Shims;
using Appliance.Containers.Ttrpc;
using Appliance.Native.Mounts;

namespace Appliance.Containers.Runtime;

/// <summary>Removes a bundle and everything that lives through it: processes, shim, mounts, control group.</summary>
internal static class BundleSweep
{
    private const int DeleteAttempts = 50;

    private static readonly TimeSpan DeletePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task RemoveAsync(string bundle, string runc, string runtimeState)
    {
        string id = Path.GetFileName(bundle);
        if (ShimStarter.FindSocket(bundle) is { } socket)
        {
            await EndShimAsync(socket, id);
        }

        if (HasState(runtimeState, id))
        {
            // The one that it was started with may have been unpacked to a data directory that is gone.
            string program = ContainerSlot.RuntimeOf(bundle) is { } noted && File.Exists(noted) ? noted : runc;
            await DeleteByRuntimeAsync(program, StateOf(runtimeState), id);
        }

        FileSystemMount.DetachAll(ContainerSlot.RootOf(bundle));
        await DeleteAsync(bundle);
    }

    /// <summary>A shim on its way out may still write here.</summary>
    public static async Task DeleteAsync(string bundle)
    {
        for (int attempt = 0; Directory.Exists(bundle); attempt++)
        {
            try
            {
                Directory.Delete(bundle, recursive: true);
            }
            catch (IOException) when (attempt < DeleteAttempts)
            {
                await Task.Delay(DeletePause);
            }
        }
    }

    private static async Task EndShimAsync(string socket, string id)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await using ShimClient shim = await ShimClient.ConnectAsync(socket, id, timeout.Token);
            await TryAsync(() => shim.KillAsync("", 9, all: true, timeout.Token));
            await TryAsync(() => shim.WaitAsync("", timeout.Token));
            await TryAsync(() => shim.DeleteAsync("", timeout.Token));
            await TryAsync(() => shim.ShutdownAsync(timeout.Token));
            await shim.Closed.WaitAsync(timeout.Token);
        }
        catch (Exception gone) when (gone is TtrpcException or OperationCanceledException)
        {
            // A dead or stuck shim: the runtime's own deletion does the rest.
        }
    }

    /// <summary>Each step may find its work done already.</summary>
    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (TtrpcException done) when (done.Code is not TtrpcCode.Unavailable)
        {
            // Nothing of that kind is left.
        }
    }

    /// <summary>A directory of runc's, or files of runsc's.</summary>
    private static bool HasState(string runtimeState, string id) =>
        Directory.Exists(StateOf(runtimeState)) && Directory.EnumerateFileSystemEntries(StateOf(runtimeState), id + "*").Any();

    private static string StateOf(string runtimeState) => Path.Combine(runtimeState, ShimStarter.Namespace);

    private static async Task DeleteByRuntimeAsync(string runc, string runtimeState, string id)
    {
        using Process? process = Process.Start(new ProcessStartInfo(runc, ["--root", runtimeState, "delete", "--force", id])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        });
        if (process is not null)
        {
            using var timeout = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(timeout.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
