using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Dicts;

/// <summary>The table of what each dict holds now, and what dicts that were cleared held before.</summary>
public static class DictGenerations
{
    /// <summary>An empty generation becomes the current one of a dict that has none.</summary>
    public static void Add(WriteTransaction write, string dictId) =>
        write.Prepare("INSERT INTO dict_generations (dict_id) VALUES (?)").Bind(dictId).Run();

    /// <summary>The current generation, if the dict is there and belongs to the workspace.</summary>
    public static long? FindCurrent(ReadTransaction read, WorkspaceId workspace, string dictId)
    {
        using Statement row = read.Prepare("""
            SELECT generation FROM dict_generations WHERE dict_id = ? AND dropped_at IS NULL AND EXISTS (
                SELECT 1 FROM objects o JOIN environments e ON e.id = o.environment_id
                WHERE o.id = dict_id AND e.workspace_id = ?)
            """)
            .Bind(dictId).Bind(workspace.Text);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>Gives up the current generation; its entries are removed later.</summary>
    public static void Drop(WriteTransaction write, string dictId) => write
        .Prepare("UPDATE dict_generations SET dropped_at = ? WHERE dict_id = ? AND dropped_at IS NULL")
        .Bind(write.Now).Bind(dictId).Run();

    /// <summary>Some generation of the dict, current or not; null when there is none.</summary>
    public static long? FindAny(ReadTransaction read, string dictId)
    {
        using Statement row = read.Prepare("SELECT generation FROM dict_generations WHERE dict_id = ? LIMIT 1").Bind(dictId);
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>A generation that was given up; null when there is none.</summary>
    public static long? FindDropped(ReadTransaction read)
    {
        using Statement row = read
            .Prepare("SELECT generation FROM dict_generations WHERE dropped_at IS NOT NULL ORDER BY dropped_at LIMIT 1");
        return row.Step() ? row.GetInteger(0) : null;
    }

    /// <summary>Forgets a generation of which no entry is left.</summary>
    public static void Remove(WriteTransaction write, long generation) =>
        write.Prepare("DELETE FROM dict_generations WHERE generation = ?").Bind(generation).Run();
}
