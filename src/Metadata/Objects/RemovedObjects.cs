using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Objects;

/// <summary>The table of objects that are gone for clients while their contents still wait to be removed.</summary>
public static class RemovedObjects
{
    /// <summary>The id of one such object of the kind; null when there is none.</summary>
    public static string? FindFirst(ReadTransaction read, string kind) =>
        read.Prepare("SELECT id FROM removed_objects WHERE kind = ? LIMIT 1").Bind(kind).ReadFirst(row => row.GetText(0));

    /// <summary>Nothing of the object is left.</summary>
    public static void Forget(WriteTransaction write, string id) =>
        write.Prepare("DELETE FROM removed_objects WHERE id = ?").Bind(id).Run();
}
