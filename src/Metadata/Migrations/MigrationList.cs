namespace Appliance.Metadata.Migrations;

/// <summary>Every step, in order. A new one is a file M00N_Subject.cs and a line here.</summary>
internal static class MigrationList
{
    public static IReadOnlyList<Migration> All { get; } = [M001_Identity.Step, M002_Blocks.Step, M003_Objects.Step, M004_Queues.Step, M005_Dicts.Step, M006_CallsOnce.Step];
}
