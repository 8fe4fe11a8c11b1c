namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>Whether there is still a mount that holds the files of a layer is asked by what they are.</summary>
internal static class M018_MountChecksums
{
    public static Migration Step { get; } = new(18, "mount checksums", "CREATE INDEX mounts_checksum ON mounts (checksum);");
}
