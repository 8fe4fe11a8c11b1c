using System.Runtime.CompilerServices;
using System.Text;
using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Migrations;
using Xunit;

namespace Appliance.Tests.Metadata;

/// <summary>Freezes what is on disk. A released step or number never changes; a new step adds to the golden file.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task Schema_AfterAllSteps_EqualsTheGoldenFile()
    {
        using var directory = new TestDirectory();
        await using MetadataStore store = await directory.OpenAsync();
        var dump = new StringBuilder();
        foreach (Migration step in MigrationList.All)
        {
            dump.Append($"-- step {step.Version} {step.Name} {Digest.Of(Encoding.UTF8.GetBytes(step.Sql))}\n");
        }

        foreach (string sql in store.Read(read => read
            .Prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
            .ReadAll(row => row.GetText(0))))
        {
            dump.Append(sql).Append(";\n");
        }

        string golden = GoldenPath();
        if (Environment.GetEnvironmentVariable("APPLIANCE_UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, dump.ToString());
        }

        Assert.True(
            await File.ReadAllTextAsync(golden) == dump.ToString(),
            $"The schema differs from '{golden}'. Never change a released step: add one, then run with APPLIANCE_UPDATE_GOLDEN=1."
            + $"\n{dump}");
    }

    [Fact]
    public void Steps_Numbers_AreConsecutiveFromOne() =>
        Assert.Equal(Enumerable.Range(1, MigrationList.All.Count), MigrationList.All.Select(step => step.Version));

    [Fact]
    public void StoredEnums_Numbers_AreFrozen()
    {
        Assert.Equal(
            ["Pending=0", "Approved=1", "Refused=2", "Closed=3"],
            Enum.GetValues<TokenFlowState>().Select(state => $"{state}={(int)state}"));
        Assert.Equal(
            ["Named=0", "Default=1"],
            Enum.GetValues<EnvironmentRole>().Select(role => $"{role}={(int)role}"));
        Assert.Equal(
            ["Awaited=0", "Stored=1", "Removed=2"],
            Enum.GetValues<BlobState>().Select(state => $"{state}={(int)state}"));
    }

    private static string GoldenPath([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "Schema.golden.sql");
}
