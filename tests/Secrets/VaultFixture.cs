using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Secrets;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Secrets;

/// <summary>A vault over a real database, which can be closed and opened again, on a clock that the test moves.</summary>
internal sealed class VaultFixture : IAsyncDisposable
{
    private readonly TestDirectory directory = new();

    private VaultFixture()
    {
    }

    public FakeTime Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    public MetadataStore Store { get; private set; } = null!;

    public SecretVault Vault { get; private set; } = null!;

    public Caller Owner { get; private set; } = null!;

    public string KeyPath => Path.Combine(directory.Path, SecretKeyFile.FileName);

    public static async Task<VaultFixture> OpenAsync()
    {
        var fixture = new VaultFixture();
        await fixture.OpenPartsAsync();
        return fixture;
    }

    /// <summary>Stops and starts again, with what the test did to the files meanwhile.</summary>
    public async Task RestartAsync(Action meanwhile)
    {
        await Store.DisposeAsync();
        meanwhile();
        await OpenPartsAsync();
    }

    public Task<SecretId> CreateAsync(Dictionary<string, string> values, CreationMode mode = CreationMode.CreateNew) => Store.WriteAsync(write =>
    {
        SecretId id = ObjectDirectory.Create<SecretId>(write, Owner, new ObjectRequest("s", "", mode)).IdAs<SecretId>();
        Vault.Write(write, id, values);
        return id;
    });

    public Task<IReadOnlyDictionary<string, string>> ReadAsync(SecretId id) => Store.WriteAsync(write => Vault.Read(write, Owner, id));

    public Task WriteAsync(Action<WriteTransaction> work) => Store.WriteAsync(work);

    /// <summary>Every byte that the database has on disk.</summary>
    public byte[] Bytes() => [.. Directory.GetFiles(directory.Path, MetadataStore.FileName + "*")
        .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal))
        .SelectMany(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        })];

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        directory.Dispose();
    }

    private async Task OpenPartsAsync()
    {
        Store = await MetadataStore.OpenAsync(directory.Path, Clock);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(Store, "lab");
        Owner = new Caller(workspace.Id, ObjectId.Mint<TokenId>(), "test");
        Vault = await SecretVault.OpenAsync(Store, directory.Path);
    }
}
