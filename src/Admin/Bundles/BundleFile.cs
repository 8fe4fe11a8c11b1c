using System.Text.Json;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Transfers;

namespace Appliance.Admin.Bundles;

/// <summary>A bundle on disk. Opening it tells whether its end is there; only <see cref="CheckAsync"/> reads all of it.</summary>
public sealed class BundleFile : IDisposable
{
    internal const string ManifestName = "bundle.json";
    internal const string ChecksumsName = "SHA256SUMS";

    private const int ManifestBytesMax = 16 * 1024 * 1024;
    private const int ChunkBytes = 1024 * 1024;

    private readonly TarFiles files;

    private BundleFile(TarFiles files, BundleManifest manifest)
    {
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

        try
        {
            TarFiles files = await TarFiles.OpenAsync(path, cancellation);
            return new BundleFile(files, Checked(await ReadManifestAsync(files, cancellation), files));
        }
        catch (ApplianceException fault) when (fault.Kind == ErrorKind.InvalidArgument)
        {
            throw new ApplianceException(fault.Kind, $"'{path}': {fault.Message}", fault);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", cause);
        }
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
    internal Stream Open(BundleMember member, TransferProgress progress) => new MemberStream(files.Open(member.File), member, progress.AddBytes);

    private static async Task<BundleManifest> ReadManifestAsync(TarFiles files, CancellationToken cancellation)
    {
        byte[] text = await ReadAsync(files, ManifestName, cancellation);
        byte[] checksums = await ReadAsync(files, ChecksumsName, cancellation);
        try
        {
            BundleManifest manifest = JsonSerializer.Deserialize(text, BundleJson.Default.BundleManifest)
                ?? throw new JsonException("it is empty");
            return manifest.Form != BundleManifest.PresentForm
                ? throw BundleFault.Foreign($"things in form {manifest.Form}")
                : checksums.AsSpan().SequenceEqual(BundleChecksums.Write(manifest.Members, Digest.Of(text)))
                    ? manifest
                    : throw BundleFault.Damaged($"'{ManifestName}' and '{ChecksumsName}' do not agree");
        }
        catch (JsonException cause)
        {
            throw BundleFault.Damaged($"'{ManifestName}' is not understood", cause);
        }
    }

    private static async Task<byte[]> ReadAsync(TarFiles files, string name, CancellationToken cancellation)
    {
        if (!files.Exists(name) || files.LengthOf(name) > ManifestBytesMax)
        {
            throw BundleFault.Damaged($"it has no '{name}', which comes at its end");
        }

        byte[] bytes = new byte[files.LengthOf(name)];
        await using Stream source = files.Open(name);
        await source.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private static BundleManifest Checked(BundleManifest manifest, TarFiles files)
    {
        foreach (BundleMember member in manifest.Members)
        {
            bool isKnown = member is { Kind: BundleKinds.Images, Images: not null } or { Kind: BundleKinds.Volume, Volume: not null };
            if (!isKnown)
            {
                throw BundleFault.Foreign($"'{member.File}' of the kind '{member.Kind}'");
            }

            if (!files.Exists(member.File) || files.LengthOf(member.File) != member.SizeBytes)
            {
                throw BundleFault.Damaged($"'{member.File}' is not there, or not as long as it should be");
            }
        }

        return manifest;
    }
}
