using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>The table of classes: each is a name for the function that serves its methods.</summary>
public static class ClassRows
{
    public static AppId? FindApp(ReadTransaction read, ClassId id) =>
        read.Prepare("SELECT app_id FROM classes WHERE id = ?").Bind(id.Text).ReadFirst(row => row.GetText(0)) is { } app
            ? AppId.FromText(app)
            : null;

    public static void Add(WriteTransaction write, ClassId id, AppId app) =>
        write.Prepare("INSERT INTO classes (id, app_id) VALUES (?, ?)").Bind(id.Text).Bind(app.Text).Run();

    public static void Delete(WriteTransaction write, ClassId id) =>
        write.Prepare("DELETE FROM classes WHERE id = ?").Bind(id.Text).Run();
}
