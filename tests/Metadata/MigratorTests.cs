using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Migrations;
using Appliance.Metadata.Opening;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class MigratorTests : IDisposable
{
    private static readonly Migration First = new(1, "first", "CREATE TABLE a (x INTEGER NOT NULL) STRICT; INSERT INTO a VALUES (7);");
    private static readonly Migration Second = new(2, "second", "ALTER TABLE a ADD COLUMN y TEXT; CREATE TABLE b (z TEXT) STRICT;");
    private static readonly Migration Third = new(3, "third", "DROP TABLE b;");

    private readonly TestDirectory directory = new();
    private readonly FakeTime time = new(new DateTimeOffset(2026, 8, 1, 12, 30, 15, 250, TimeSpan.Zero));

    [Fact]
    public async Task Migrate_ExistingDatabase_KeepsACopyOfWhatWasThere()
    {
        await Open(First).DisposeAsync();
        await using MetadataStore store = Open(First, Second, Third);

        Assert.Equal((1, 3), (store.Opened.SchemaBefore, store.Opened.SchemaAfter));
        string copies = Path.Combine(directory.Path, MetadataStore.CopiesDirectoryName);
        Assert.Equal($"{copies}/metadata-v1-20260801T123015.250Z.db", store.Opened.Copy);
        Assert.Equal([store.Opened.Copy!], Directory.EnumerateFiles(copies));
    }

    [Fact]
    public async Task Migrate_CopyPutBack_OpensWithTheVersionBefore()
    {
        await Open(First).DisposeAsync();
        MetadataStore upgraded = Open(First, Second);
        await upgraded.DisposeAsync();
        File.Copy(upgraded.Opened.Copy!, directory.Database, overwrite: true);

        await using MetadataStore store = Open(First);
        Assert.Equal(1, store.Opened.SchemaAfter);
        Assert.Equal(7, store.Read(read =>
        {
            using var row = read.Prepare("SELECT x FROM a");
            return row.Step() ? row.GetInteger(0) : 0;
        }));
    }

    [Fact]
    public async Task Migrate_StepFailsHalfway_LeavesTheVersionBefore()
    {
        await Open(First).DisposeAsync();
        var broken = new Migration(2, "broken", "CREATE TABLE c (x TEXT); INSERT INTO nowhere VALUES (1);");
        Assert.ThrowsAny<Exception>(() => Open(First, broken));

        await using MetadataStore store = Open(First, Second);
        Assert.Equal(1, store.Opened.SchemaBefore);
        Assert.Equal(2, store.Opened.SchemaAfter);
    }

    [Fact]
    public async Task Migrate_StepLeavesOrphans_IsRefusedAndUndone()
    {
        var related = new Migration(1, "related", """
            CREATE TABLE owner (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE owned (owner INTEGER REFERENCES owner (id)) STRICT;
            INSERT INTO owner VALUES (1); INSERT INTO owned VALUES (1);
            """);
        await Open(related).DisposeAsync();

        var failure = Assert.Throws<ApplianceException>(() => Open(related, new Migration(2, "orphaning", "DELETE FROM owner;")));
        Assert.Contains("'owned'", failure.Message, StringComparison.Ordinal);
        await using MetadataStore store = Open(related);
        Assert.Equal(1, store.Opened.SchemaAfter);
    }

    [Fact]
    public async Task EnsureKnown_NewerSchema_IsRefusedWithTheWayBack()
    {
        await Open(First, Second).DisposeAsync();

        var failure = Assert.Throws<ApplianceException>(() => Open(First));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains("written by a newer appliance (schema 2; this one knows 1)", failure.Message, StringComparison.Ordinal);
        await using MetadataStore store = Open(First, Second);
        Assert.Equal(2, store.Opened.SchemaAfter);
    }

    public void Dispose() => directory.Dispose();

    private MetadataStore Open(params Migration[] steps) =>
        StoreOpening.Open(directory.Path, time, new MetadataSettings(), steps);
}
