using Appliance.Admin.SelfTest;
using Appliance.Containers.Runtime;
using Appliance.Engine.Removal;
using Appliance.Engine.Sandboxes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>What a self-test left that was killed: no server will ever take its containers up.</summary>
internal static class AbandonedTrials
{
    /// <summary>Longer than any check may take, so that one that is being made now is left alone.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    public static async Task RemoveAsync(TimeProvider clock)
    {
        foreach (string directory in Directory.EnumerateDirectories(Path.GetTempPath(), SelfTestRunner.DirectoryPrefix + "*"))
        {
            string data = SandboxTrial.DataDirectoryOf(directory);

            // Anybody may make directories there; only root makes this one.
            if (Directory.Exists(RunDirectory.Of(data).Root) && clock.GetUtcNow() - Directory.GetLastWriteTimeUtc(directory) > Age)
            {
                await ContainerRemoval.RemoveAllAsync(data, NullLogger.Instance);
                Directory.Delete(directory, recursive: true);
            }
        }
    }
}
