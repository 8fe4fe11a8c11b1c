using System.Security.Cryptography;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Secrets;
using Appliance.Native.Files;
using Appliance.Objects;

namespace Appliance.Tests.Secrets;

public sealed class SecretKeyFileTests
{
    [Fact]
    public async Task Open_FirstTime_MakesAKeyForTheOwnerOnlyAndKeepsIt()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        string key = await File.ReadAllTextAsync(fixture.KeyPath);

        await fixture.RestartAsync(() => File.SetUnixFileMode(fixture.KeyPath, PrivateFile.Readable));

        Assert.Equal(32, Convert.FromBase64String(key.Trim()).Length);
        Assert.Equal(key, await File.ReadAllTextAsync(fixture.KeyPath));
        Assert.Equal(PrivateFile.OwnerOnly, File.GetUnixFileMode(fixture.KeyPath));
        Assert.Null(fixture.Vault.Fault);
    }

    [Fact]
    public async Task Open_KeyIsMissing_RefusesUseAndMakesNoNewOne()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });
        string aside = fixture.KeyPath + ".aside";

        await fixture.RestartAsync(() => File.Move(fixture.KeyPath, aside));

        await AssertUnusableAsync(fixture, id, "is missing, and 1 secrets are encrypted");
        Assert.False(File.Exists(fixture.KeyPath));
        await fixture.RestartAsync(() => File.Move(aside, fixture.KeyPath));
        Assert.Equal("1", (await fixture.ReadAsync(id))["A"]);
    }

    [Fact]
    public async Task Open_AnotherKey_RefusesUse()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });

        await fixture.RestartAsync(() => PrivateFile.Write(fixture.KeyPath, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

        await AssertUnusableAsync(fixture, id, "holds another key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 at all")]
    [InlineData("c2hvcnQ=")]
    public async Task Open_NoKeyInTheFile_RefusesUse(string text)
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });

        await fixture.RestartAsync(() => PrivateFile.Write(fixture.KeyPath, text));

        await AssertUnusableAsync(fixture, id, "does not hold a key");
        Assert.Equal(text, await File.ReadAllTextAsync(fixture.KeyPath));
    }

    [Fact]
    public async Task Open_KeyIsMissingAndSoAreSecrets_MakesANewOne()
    {
        await using VaultFixture fixture = await VaultFixture.OpenAsync();
        SecretId id = await fixture.CreateAsync(new() { ["A"] = "1" });
        await fixture.RestartAsync(() => File.Delete(fixture.KeyPath));

        // A lost key is got over by deleting what it was for, and that works without it.
        Assert.Equal(["A"], fixture.Store.Read(read => SecretRows.Find(read, id))!.Keys);
        await fixture.WriteAsync(write => ObjectDirectory.Delete<SecretId>(write, fixture.Owner, id.Text));
        await fixture.RestartAsync(() => { });

        Assert.Null(fixture.Vault.Fault);
        Assert.Equal("2", (await fixture.ReadAsync(await fixture.CreateAsync(new() { ["A"] = "2" })))["A"]);
    }

    private static async Task AssertUnusableAsync(VaultFixture fixture, SecretId id, string what)
    {
        Assert.Contains(what, fixture.Vault.Fault);
        Assert.Contains(fixture.KeyPath, fixture.Vault.Fault);
        ApplianceException read = await Assert.ThrowsAsync<ApplianceException>(() => fixture.ReadAsync(id));
        Assert.Equal((ErrorKind.FailedPrecondition, fixture.Vault.Fault), (read.Kind, read.Message));
        ApplianceException write = await Assert.ThrowsAsync<ApplianceException>(() =>
            fixture.CreateAsync(new() { ["A"] = "1" }, CreationMode.Ephemeral));
        Assert.Equal(ErrorKind.FailedPrecondition, write.Kind);
    }
}
