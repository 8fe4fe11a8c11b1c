using Appliance.Core.Ids;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Apps;

/// <summary>One deployment of an app.</summary>
/// <param name="Version">From 1, without gaps.</param>
/// <param name="Layout">JSON: which functions and classes it has, and their definitions.</param>
/// <param name="Facts">What its client said of it, in the client's own form.</param>
/// <param name="DeployedAt">When.</param>
/// <param name="DeployedBy">The name of the token, for people.</param>
public sealed record AppVersionRecord(int Version, byte[] Layout, byte[] Facts, DateTimeOffset DeployedAt, string DeployedBy);

/// <summary>The table of deployments.</summary>
public static class AppVersionRows
{
    private const string Columns = "SELECT version, layout, facts, deployed_at, deployed_by FROM app_versions";

    public static AppVersionRecord? Find(ReadTransaction read, AppId app, int version) =>
        read.Prepare(Columns + " WHERE app_id = ? AND version = ?").Bind(app.Text).Bind((long)version).ReadFirst(ReadRow);

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<AppVersionRecord> List(ReadTransaction read, AppId app) =>
        read.Prepare(Columns + " WHERE app_id = ? ORDER BY version DESC").Bind(app.Text).ReadAll(ReadRow);

    /// <summary>The number of the last one; 0 when there is none.</summary>
    public static int LastNumber(ReadTransaction read, AppId app)
    {
        using Statement row = read.Prepare("SELECT coalesce(max(version), 0) FROM app_versions WHERE app_id = ?").Bind(app.Text);
        row.Step();
        return (int)row.GetInteger(0);
    }

    public static void Add(WriteTransaction write, AppId app, AppVersionRecord record) => write
        .Prepare("INSERT INTO app_versions (app_id, version, layout, facts, deployed_at, deployed_by) VALUES (?, ?, ?, ?, ?, ?)")
        .Bind(app.Text).Bind((long)record.Version).Bind(record.Layout).Bind(record.Facts).Bind(record.DeployedAt).Bind(record.DeployedBy).Run();

    public static void DeleteAll(WriteTransaction write, AppId app) =>
        write.Prepare("DELETE FROM app_versions WHERE app_id = ?").Bind(app.Text).Run();

    private static AppVersionRecord ReadRow(Statement row) =>
        new((int)row.GetInteger(0), row.GetBytes(1), row.GetBytes(2), row.GetTime(3), row.GetText(4));
}
