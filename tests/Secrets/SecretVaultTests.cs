using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Secrets;
using Appliance.Objects;
using Appliance.Secrets;

namespace Appliance.Tests.Secrets;

public sealed class SecretVaultTests
{
    [Fact]
    public async Task Read_AfterWriteAndRestart_GivesTheValuesAndNotesTheUse()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["B"] = "zwei é\n\"", ["A"] = "", ["_x"] = new string('v', 100_000) });
        Assert.Null(Find(fixture, id)!.LastUsedAt);
        await fixture.RestartAsync(() => { });

        IReadOnlyDictionary<string, string> values = await fixture.ReadAsync(id);

        Assert.Equal(3, values.Count);
        Assert.Equal("zwei é\n\"", values["B"]);
        Assert.Equal("", values["A"]);
        Assert.Equal(100_000, values["_x"].Length);
        Assert.Equal(fixture.Clock.Now, Find(fixture, id)!.LastUsedAt);
        Assert.Equal(["A", "B", "_x"], Find(fixture, id)!.Keys);
    }

    [Fact]
    public async Task Write_Values_AreNowhereInTheDatabase()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();

        SecretId id = await fixture.CreateAsync(new() { ["KEY_NAME"] = "a value to look for" });

        byte[] bytes = fixture.Bytes();
        Assert.Equal(-1, bytes.AsSpan().IndexOf("a value to look for"u8));
        Assert.NotEqual(-1, bytes.AsSpan().IndexOf("KEY_NAME"u8));
        Assert.Equal("a value to look for", (await fixture.ReadAsync(id))["KEY_NAME"]);
    }

    [Fact]
    public async Task Update_SetsAndRemovesSingleKeys()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1", ["B"] = "2", ["C"] = "3" });

        await fixture.WriteAsync(write => fixture.Vault.Update(
            write, fixture.Owner, id, [new("A", "new"), new("B", null), new("D", ""), new("NEVER_THERE", null)]));

        Assert.Equal(
            new Dictionary<string, string> { ["A"] = "new", ["C"] = "3", ["D"] = "" }, await fixture.ReadAsync(id));
        Assert.Equal(["A", "C", "D"], Find(fixture, id)!.Keys);
    }

    [Fact]
    public async Task Update_OneChangeIsBad_ChangesNothing()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.WriteAsync(write =>
            fixture.Vault.Update(write, fixture.Owner, id, [new("A", "2"), new("not-a-key", "3")])));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Equal("1", Assert.Single(await fixture.ReadAsync(id)).Value);
    }

    [Theory]
    [InlineData("1KEY")]
    [InlineData("with-dash")]
    [InlineData("with space")]
    [InlineData("with.dot")]
    [InlineData("with=sign")]
    [InlineData("ümlaut")]
    [InlineData("")]
    public async Task Write_KeyThatIsNoVariableName_IsRefused(string key)
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.CreateAsync(new() { [key] = "secret value" }));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith($"Secret key '{key}' is invalid for environment variables", failure.Message);
    }

    [Theory]
    [InlineData("nul\0inside")]
    [InlineData(null)]
    public async Task Write_ValueThatNoVariableCanHold_IsRefusedWithoutShowingIt(string? value)
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(
            () => fixture.CreateAsync(new() { ["A"] = value ?? new string('x', 128 * 1024) }));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.DoesNotContain("inside", failure.Message);
        Assert.True(failure.Message.Length < 200);
    }

    [Fact]
    public async Task RequireKeys_SomeAreMissing_NamesThemInTheWordsClientsLookFor()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1", ["C"] = "3" });

        SecretVault.RequireKeys(Find(fixture, id), ["A", "C"]);
        ApplianceException failure = Assert.Throws<ApplianceException>(() => SecretVault.RequireKeys(Find(fixture, id), ["A", "B", "D", "B"]));

        Assert.Equal((ErrorKind.FailedPrecondition, "Secret is missing key(s): B, D"), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task Read_OfAnotherWorkspace_IsNotFound()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });
        Caller stranger = fixture.Owner with { WorkspaceId = ObjectId.Mint<WorkspaceId>() };

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(
            () => fixture.Store.WriteAsync(write => fixture.Vault.Read(write, stranger, id)));

        Assert.Equal(ErrorKind.NotFound, failure.Kind);
    }

    [Fact]
    public async Task Ephemeral_LivesADayFromItsLastUse()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" }, CreationMode.Ephemeral);
        await using var reaper = new ObjectReaper(fixture.Store, [fixture.Vault], fixture.Clock, failure => throw failure);
        fixture.Clock.Now += TimeSpan.FromHours(23);
        await fixture.ReadAsync(id);
        fixture.Clock.Now += TimeSpan.FromHours(23);
        await reaper.ReapAsync(default);
        Assert.NotNull(Find(fixture, id));

        fixture.Clock.Now += TimeSpan.FromHours(2);
        await reaper.ReapAsync(default);

        Assert.Null(Find(fixture, id));
    }

    [Fact]
    public async Task Deleted_IsGoneAtOnceAndItsValuesSoon()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });
        await using var reaper = new ObjectReaper(fixture.Store, [fixture.Vault], fixture.Clock, failure => throw failure);

        await fixture.WriteAsync(write => ObjectDirectory.Delete<SecretId>(write, fixture.Owner, id.Text));

        await Assert.ThrowsAsync<ApplianceException>(() => fixture.ReadAsync(id));
        await reaper.ReapAsync(default);
        Assert.Null(Find(fixture, id));
        Assert.Null(fixture.Store.Read(read => RemovedObjects.FindFirst(read, SecretId.Prefix)));
    }

    private static SecretRecord? Find(VaultFixture fixture, SecretId id) => fixture.Store.Read(read => SecretRows.Find(read, id));
}
