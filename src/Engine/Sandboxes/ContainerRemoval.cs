using Appliance.Containers.Networks;
using Appliance.Containers.Runtime;
using Microsoft.Extensions.Logging;

namespace Appliance.Engine.Sandboxes;

/// <summary>Leaves nothing of an appliance's containers on the machine: processes, mounts, networks, control groups.</summary>
public static class ContainerRemoval
{
    /// <param name="dataDirectory">Whose containers.</param>
    /// <param name="log">Takes what networks have to say.</param>
    /// <returns>False when there was nothing.</returns>
    public static async Task<bool> RemoveAllAsync(string dataDirectory, ILogger log)
    {
        RunDirectory run = RunDirectory.Of(dataDirectory);
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
