using Appliance.Admin.SelfTest;
using Appliance.Containers.Runtime;
using Appliance.Hosting.SelfTest.Sandboxes;
using Appliance.Tests.Guest;

namespace Appliance.Tests.Hosting.SelfTest;

public sealed class AbandonedTrialsTests
{
    [RootFact]
    public async Task Remove_TakesWhatIsOldAndHadContainers()
    {
        (string Directory, RunDirectory Run) old = Begin(TimeSpan.FromHours(1));
        (string Directory, RunDirectory Run) young = Begin(TimeSpan.Zero);
        string foreign = Directory.CreateTempSubdirectory(SelfTestRunner.DirectoryPrefix).FullName;
        Directory.SetLastWriteTimeUtc(foreign, DateTime.UtcNow.AddHours(-1));
        try
        {
            await AbandonedTrials.RemoveAsync(TimeProvider.System);

            Assert.Equal((false, false), (Directory.Exists(old.Directory), Directory.Exists(old.Run.Root)));
            Assert.Equal((true, true), (Directory.Exists(young.Directory), Directory.Exists(young.Run.Root)));
            Assert.True(Directory.Exists(foreign));
        }
        finally
        {
            Directory.Delete(young.Run.Root, recursive: true);
            Directory.Delete(young.Directory, recursive: true);
            Directory.Delete(foreign);
        }
    }

    private static (string Directory, RunDirectory Run) Begin(TimeSpan age)
    {
        string directory = Directory.CreateTempSubdirectory(SelfTestRunner.DirectoryPrefix).FullName;
        string data = Directory.CreateDirectory(SandboxTrial.DataDirectoryOf(directory)).FullName;
        RunDirectory run = RunDirectory.Of(data);
        run.Ensure();
        Directory.SetLastWriteTimeUtc(directory, DateTime.UtcNow - age);
        return (directory, run);
    }
}
