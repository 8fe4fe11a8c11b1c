using Appliance.Admin.SelfTest;
using Appliance.Containers.Runtime;
using Appliance.Hosting.SelfTest.Sandboxes;
using Appliance.Tests.Guest;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Hosting.SelfTest;

public sealed class ContainerTracesTests
{
    [RootFact]
    public void RequireNone_OfWhatIsLeft_NamesIt()
    {
        using var data = new TemporaryFolder();
        RunDirectory run = RunDirectory.Of(data.Path);
        ContainerTraces.RequireNone(data.Path);

        run.Ensure();
        try
        {
            Assert.Contains(run.Root, Assert.Throws<SelfTestException>(() => ContainerTraces.RequireNone(data.Path)).Message);
        }
        finally
        {
            Directory.Delete(run.Root, recursive: true);
        }

        ContainerTraces.RequireNone(data.Path);
    }
}
