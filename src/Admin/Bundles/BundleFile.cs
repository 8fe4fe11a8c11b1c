using System.Text.Json;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Transfers;
using Appliance.Packages;

namespace Appliance.Admin.Bundles;

/// <summary>A bundle on disk. Opening it tells whether its end is there; only <see cref="CheckAsync"/> reads all of it.</summary>
public sealed class BundleFile : IDisposable
{
    internal const string ManifestName = "bundle.json";
    internal const string ChecksumsName = "SHA256SUMS";

    private const int ManifestBytesMax = 16 * 1024 * 1024;
    private const int ChunkBytes = 1024 * 1024;

    private readonly string path;
    private readonly TarFiles files;

    private BundleFile(string path, TarFiles files, BundleManifest manifest)
    {
        this.path = path;
        this.files = files;
        Manifest = manifest;
    }

    public BundleManifest Manifest { get; }

    /// <summary>How long its files are together.</summary>
    public long SizeBytes => Manifest.Members.Sum(member => member.SizeBytes);

    /// <exception cref="ApplianceException">
    /// NotFound or PermissionDenied: the file. InvalidArgument: it is damaged, cut off or no bundle. FailedPrecondition: it is too new.
    /// </exception>
    public static async Task<BundleFile> OpenAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{path}' does not exist, is no file, or may not be seen by this user.");
        }

        TarFiles files = await ListAsync(path, cancellation);
        BundleManifest manifest = await ReadManifestAsync(path, files, cancellation);
        foreach (BundleMember member in manifest.Members)
        {
            Require(path, files, member);
        }

        return new BundleFile(path, files, manifest);
    }

    /// <summary>Reads everything and compares the digests.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: which file is damaged.</exception>
    public async Task CheckAsync(TransferProgress progress, CancellationToken cancellation)
    {
        byte[] chunk = new byte[ChunkBytes];
        foreach (BundleMember member in Manifest.Members)
        {
            await using Stream source = Open(member, progress);
            while (await source.ReadAsync(chunk, cancellation) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    public void Dispose() => files.Dispose();

    /// <summary>Opens a file of it from its beginning.</summary>
    internal Stream Open(BundleMember member, TransferProgress progress) => new MemberStream(path, files.Open(member.File), member, progress.AddBytes);

    private static async Task<TarFiles> ListAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await TarFiles.OpenAsync(path, cancellation);
        }
        catch (ApplianceException fault)
        {
            throw BundleFault.Damaged(path, "it cannot be read to its end", fault);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", cause);
        }
    }

    private static async Task<BundleManifest> ReadManifestAsync(string path, TarFiles files, CancellationToken cancellation)
    {
        byte[] text = await ReadAsync(path, files, ManifestName, cancellation);
        byte[] checksums = await ReadAsync(path, files, ChecksumsName, cancellation);
        try
        {
            BundleManifest manifest = JsonSerializer.Deserialize(text, BundleJson.Default.BundleManifest) ?? throw new JsonException();
            if (manifest.Form != BundleManifest.PresentForm)
            {
                throw BundleFault.Foreign(path, $"things in form {manifest.Form}");
            }

            return checksums.AsSpan().SequenceEqual(BundleChecksums.Write(manifest.Members, Digest.Of(text)))
                ? manifest
                : throw BundleFault.Damaged(path, $"'{ManifestName}' and '{ChecksumsName}' do not agree");
        }
        catch (JsonException cause)
        {
            throw BundleFault.Damaged(path, $"'{ManifestName}' is not understood", cause);
        }
    }

    private static async Task<byte[]> ReadAsync(string path, TarFiles files, string name, CancellationToken cancellation)
    {
        if (!files.Exists(name) || files.LengthOf(name) > ManifestBytesMax)
        {
            throw BundleFault.Damaged(path, $"it has no '{name}', which comes at its end");
        }

        byte[] bytes = new byte[files.LengthOf(name)];
        await using Stream source = files.Open(name);
        await source.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private static void Require(string path, TarFiles files, BundleMember member)
    {
        if (member is not ({ Kind: BundleKinds.Images, Images: not null } or { Kind: BundleKinds.Volume, Volume: not null })
            && !(member.IsPackage && PackageFile.TryRead(BundledPackages.NameOf(member)) is not null))
        {
            throw BundleFault.Foreign(path, $"'{member.File}' of the kind '{member.Kind}'");
        }

        if (!files.Exists(member.File) || files.LengthOf(member.File) != member.SizeBytes)
        {
            throw BundleFault.Damaged(path, $"'{member.File}' is not there, or not as long as it should be");
        }
    }
}
