using Appliance.Metadata.Migrations.Steps.Storage;
using Appliance.Metadata.Migrations.Steps.Work;

namespace Appliance.Metadata.Migrations;

/// <summary>Every step, in order. A new one is a file M00N_Subject.cs and a line here.</summary>
internal static class MigrationList
{
    public static IReadOnlyList<Migration> All { get; } =
    [
        M001_Identity.Step,
        M002_Blocks.Step,
        M003_Objects.Step,
        M004_Contents.Step,
        M005_Volumes.Step,
        M006_Mounts.Step,
        M007_Secrets.Step,
        M008_Blobs.Step,
        M009_Queues.Step,
        M010_Dicts.Step,
        M011_CallsOnce.Step,
        M012_Usage.Step,
        M013_Images.Step,
        M014_Sandboxes.Step,
        M015_WorkingCopies.Step,
        M016_SandboxTunnels.Step,
        M017_Snapshots.Step,
        M018_MountChecksums.Step,
        M019_ImageTagMoves.Step,
        M020_NoImageStandIns.Step,
        M021_Functions.Step,
        M022_MemorySnapshots.Step,
        M023_ProxyTokens.Step,
        M024_WebPorts.Step,
        M025_Domains.Step,
    ];
}
