namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>A tag says which image stands for another; nothing ever wrote to a table of its own for that.</summary>
internal static class M020_NoImageStandIns
{
    public static Migration Step { get; } = new(20, "no image stand-ins", "DROP TABLE image_stand_ins;");
}
