using Appliance.Containers.Runtime;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Tests.Gateways.Functions;
using Appliance.Tests.Guest;

namespace Appliance.Tests.Engine.Snapshots;

/// <summary>Memory snapshots of functions on the disk: which are whole, which of use, and which go.</summary>
public sealed class FunctionSnapshotFilesTests : IAsyncLifetime
{
    private readonly FunctionRig rig = new();

    private FunctionSnapshotFiles Files => rig.Server.Parts.Stores.Functions;

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [RootFact]
    public async Task ASnapshot_IsThereWhenItIsWhole_AndGoesWithTheNextDefinition()
    {
        FunctionApp app = await rig.CreateAppAsync();
        string key = await DefineAsync(app);
        TaskDirectory half = Write("ta-half", isWhole: false);
        Assert.Null(Files.Find(key));

        Files.Publish(key, half);
        Assert.Null(Files.Find(key));
        Files.Publish(key, Write("ta-whole", isWhole: true));

        Assert.Equal($"{key}.ta-whole", Files.Find(key));
        Assert.Equal("changed", File.ReadAllText(Path.Combine(Files.ChangesOf($"{key}.ta-whole"), "file")));
        Assert.Equal((0, 0L), Files.Preview());
        await DefineAsync(app);
        (int count, long bytes) = Files.Preview();
        Assert.Equal(1, count);
        Assert.True(bytes > 0);
        Assert.Equal((count, bytes), Files.Collect());
        Assert.Null(Files.Find(key));
        await app.StopAsync();
    }

    [RootFact]
    public async Task OfOneDefinition_TheNewestStays_AndADroppedOneGoes()
    {
        FunctionApp app = await rig.CreateAppAsync();
        string key = await DefineAsync(app);
        string other = key[..^1] + (key[^1] == '0' ? '1' : '0');
        Files.Publish(key, Write("ta-1", isWhole: true));

        Files.Publish(other, Write("ta-2", isWhole: true));

        Assert.Null(Files.Find(key));
        Assert.NotNull(Files.Find(other));
        Files.Drop($"{other}.ta-2");
        Assert.Null(Files.Find(other));
        Assert.False(Directory.Exists(Files.DirectoryOf($"{other}.ta-2")));
        await app.StopAsync();
    }

    private async Task<string> DefineAsync(FunctionApp app)
    {
        string function = await app.DefineAsync("f");
        await app.PublishAsync();
        return $"{function}.{app.DefinitionOf(function)}.{new string('0', 32)}";
    }

    private TaskDirectory Write(string id, bool isWhole)
    {
        TaskDirectory task = rig.Server.Parts.Work.Containers.DirectoryOf(id);
        task.Create();
        File.WriteAllText(Path.Combine(task.Changes, "file"), "changed");
        string draft = Directory.CreateDirectory(FunctionSnapshotFiles.DraftOf(task)).FullName;
        File.WriteAllText(Path.Combine(draft, "checkpoint.img"), "memory");
        if (isWhole)
        {
            File.WriteAllLines(Path.Combine(draft, "complete"), ["boot", "runsc"]);
        }

        return task;
    }
}
