using Appliance.Admin.Bundles;
using Appliance.Cli.Output;

namespace Appliance.Cli.Bundles;

/// <summary>What a bundle holds, for people.</summary>
internal static class BundleTable
{
    public static void Write(Terminal terminal, BundleManifest manifest)
    {
        var table = new TextTable("KIND", "NAME", "PACKED", "CONTENT");
        foreach (BundleMember member in manifest.Members)
        {
            string content = member.Volume is { } volume ? $"{ByteText.Count(volume.Files)} files, {ByteText.Of(volume.Bytes)}" : "";
            table.AddRow(member.Kind, member.Volume?.Name ?? (member.Images is { } images ? string.Join(", ", images) : Path.GetFileName(member.File)), ByteText.Of(member.SizeBytes), content);
        }

        table.WriteTo(terminal);
    }
}
