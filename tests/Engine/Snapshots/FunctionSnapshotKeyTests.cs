using System.Text;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Tests.Engine.Snapshots;

/// <summary>What a function's memory snapshot is valid for.</summary>
public sealed class FunctionSnapshotKeyTests
{
    private static readonly SandboxDefinition Plain = new()
    {
        ImageId = "im-1",
        MountIds = ["mo-1", "mo-2"],
        Function = new FunctionOfTask("fu-1", "de-1", IsRestricted: false, AllowsSnapshots: true),
    };

    private static readonly string[] Variables = ["PATH=/bin", "SECRET=one"];

    [Fact]
    public void ContainersOfOneFunction_ShareIt_WhoeverTheyAre()
    {
        string one = Of(Plain, variables: [.. Variables, "MODAL_TASK_ID=ta-1", "MODAL_OVERRIDE_HEADERS=x-appliance-task:one"]);
        string other = Of(Plain, variables: [.. Variables, "MODAL_TASK_ID=ta-2", "MODAL_OVERRIDE_HEADERS=x-appliance-task:two"]);

        Assert.Equal(one, other);
        Assert.Matches("^fu-1\\.de-1\\.[0-9a-f]{32}$", one);
    }

    [Fact]
    public void WhateverTheProcessHasSeen_ChangesIt()
    {
        string[] keys =
        [
            Of(Plain),
            Of(Plain with { ImageId = "im-2" }),
            Of(Plain with { MountIds = ["mo-1"] }),
            Of(Plain with { Network = new SandboxNetwork(SandboxNetworkKind.Blocked, [], []) }),
            Of(Plain with { Function = Plain.Function! with { DefinitionId = "de-2" } }),
            Of(Plain with { Function = Plain.Function! with { Id = "fu-2" } }),
            Of(Plain, told: "with parameters"),
            Of(Plain, variables: ["PATH=/bin", "SECRET=two"]),
            Of(Plain, variables: ["PATH=/bin"]),
            Of(Plain, machine: "another runsc"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    private static string Of(SandboxDefinition definition, string told = "told", string[]? variables = null, string machine = "runsc")
    {
        var record = new SandboxRecord(
            SandboxId.FromText("sb-1"), TaskId.FromText("ta-1"), WorkspaceId.FromText("ac-1"), TokenId.FromText("ak-1"), EnvironmentId.FromText("en-1"), AppId.FromText("ap-1"), null, [], default);
        return FunctionSnapshotKey.Of(new LiveSandbox(record, definition), Encoding.UTF8.GetBytes(told), variables ?? Variables, machine);
    }
}
