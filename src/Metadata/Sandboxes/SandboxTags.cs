using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Sandboxes;

/// <summary>The table of sandboxes' tags.</summary>
public static class SandboxTags
{
    public static IReadOnlyList<SandboxTag> List(ReadTransaction read, SandboxId id) =>
        read.Prepare("SELECT name, value FROM sandbox_tags WHERE sandbox_id = ? ORDER BY name")
            .Bind(id.Text).ReadAll(row => new SandboxTag(row.GetText(0), row.GetText(1)));

    /// <summary>Puts these in the place of all that were there; of two with one name the later counts.</summary>
    public static void Replace(WriteTransaction write, SandboxId id, IEnumerable<SandboxTag> tags)
    {
        write.Prepare("DELETE FROM sandbox_tags WHERE sandbox_id = ?").Bind(id.Text).Run();
        foreach (SandboxTag tag in tags)
        {
            write.Prepare("INSERT OR REPLACE INTO sandbox_tags (sandbox_id, name, value) VALUES (?, ?, ?)")
                .Bind(id.Text).Bind(tag.Name).Bind(tag.Value).Run();
        }
    }
}
