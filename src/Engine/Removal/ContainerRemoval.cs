using Appliance.Containers.Networks;
using Appliance.Containers.Removal;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Engine.Removal;

/// <summary>Leaves nothing of an appliance's containers on the machine: processes, mounts, networks, control groups.</summary>
public static class ContainerRemoval
{
    /// <param name="dataDirectory">Whose containers.</param>
    /// <param name="log">Takes what networks have to say.</param>
    /// <returns>False when there was nothing.</returns>
    public static Task<bool> RemoveAllAsync(string dataDirectory, ILogger log) => RemoveAsync(RunDirectory.Of(dataDirectory), log);

    /// <summary>Removes what appliances left on this machine that will never take it up again.</summary>
    /// <param name="log">Takes what could not be removed; the next server tries again.</param>
    /// <param name="parent">Where run directories are.</param>
    /// <returns>How many they were.</returns>
    public static async Task<int> RemoveStaleAsync(ILogger log, string parent = RunDirectory.DefaultParent)
    {
        try
        {
            int count = await RemoveStaleRunsAsync(log, parent);
            RunRemoval.RemoveStaleGroups(parent, TimeProvider.System);
            return count;
        }
        catch (IOException failure)
        {
            // Several servers may do this at once, and what one looks at another has removed.
            RemovalLog.Failed(log, parent, failure);
            return 0;
        }
    }

    private static async Task<int> RemoveStaleRunsAsync(ILogger log, string parent)
    {
        int count = 0;
        foreach (RunDirectory run in StaleRuns.Find(parent, TimeProvider.System))
        {
            try
            {
                if (await RemoveAsync(run, NullLogger.Instance))
                {
                    RemovalLog.Removed(log, run.Root, run.DataDirectory ?? "not noted");
                    count++;
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ApplianceException)
            {
                RemovalLog.Failed(log, run.Root, failure);
            }
        }

        return count;
    }

    private static async Task<bool> RemoveAsync(RunDirectory run, ILogger log)
    {
        if (!Directory.Exists(run.Root))
        {
            return false;
        }

        string networks = SandboxNetworks.DirectoryOf(run);
        if (Directory.Exists(networks))
        {
            await using NetworkPool pool = NetworkPool.Open(new NetworkSettings { Instance = run.Instance, RunDirectory = networks }, log);
            await pool.RemoveAllAsync();
        }

        await RunRemoval.RemoveAsync(run);
        return true;
    }
}
