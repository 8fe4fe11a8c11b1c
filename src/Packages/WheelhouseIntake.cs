using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Packages;

/// <summary>What became of a file that was to be added.</summary>
public enum IntakeOutcome
{
    Added,

    /// <summary>It was there already, with the same contents.</summary>
    Unchanged,

    /// <summary>One with other contents was there.</summary>
    Replaced,
}

/// <summary>A file that is in the wheelhouse now.</summary>
public sealed record TakenPackage(StoredPackage Package, IntakeOutcome Outcome);

/// <summary>Takes files into a wheelhouse. All are copied and checked before the first of them shows.</summary>
public sealed class WheelhouseIntake(Wheelhouse wheelhouse, TimeProvider clock)
{
    private const int NoSpace = 28;
    private static readonly TimeSpan AbandonedAge = TimeSpan.FromDays(1);

    private string Incoming => Path.Combine(wheelhouse.Root, "incoming");

    /// <param name="paths">Files and directories; of a directory, the wheels and sdists right in it.</param>
    /// <param name="force">Replaces files of the same name that have other contents.</param>
    /// <param name="cancellation">Nothing has been added when it takes effect.</param>
    /// <exception cref="ApplianceException">
    /// InvalidArgument, NotFound: a file is no package, or there is none. AlreadyExists: another has its name.
    /// </exception>
    public async Task<IReadOnlyList<TakenPackage>> AddAsync(IReadOnlyList<string> paths, bool force, CancellationToken cancellation)
    {
        string[] sources = [.. paths.SelectMany(Find)];
        string staging = Path.Combine(Incoming, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(staging);
            SweepAbandoned();
            Dictionary<string, TakenPackage> staged = [];
            foreach (string source in sources)
            {
                StoredPackage copy = await StageAsync(source, staging, cancellation).ConfigureAwait(false);
                IntakeOutcome outcome = await CompareAsync(copy, staged, force, cancellation).ConfigureAwait(false);
                staged[copy.File.FileName] = new TakenPackage(copy, outcome);
            }

            Publish(staging, staged.Values);
            return [.. staged.Values];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ApplianceException(
                failure.HResult == NoSpace ? ErrorKind.ResourceExhausted : ErrorKind.FailedPrecondition,
                $"Packages were not added to '{wheelhouse.Root}': {failure.Message}",
                failure);
        }
        finally
        {
            RemoveStaging(staging);
        }
    }

    private static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{path}' does not exist, or may not be seen by this user.");
        }

        string[] found = [.. Directory.GetFiles(path).Where(PackageFile.HasSuffix).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new ApplianceException(
            ErrorKind.NotFound, $"'{path}' holds neither *.whl nor *.tar.gz: 'pip download -d DIR NAME' fetches packages with all they need.");
    }

    private static async Task<StoredPackage> StageAsync(string source, string staging, CancellationToken cancellation)
    {
        PackageFile file = PackageFile.Read(Path.GetFileName(source));
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.ReadWrite, UnixCreateMode = PrivateFile.Readable, Options = FileOptions.Asynchronous,
        };
        await using var copy = new FileStream(Path.Combine(staging, file.FileName), options);
        await using (var original = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true))
        {
            await original.CopyToAsync(copy, cancellation).ConfigureAwait(false);
        }

        await CheckPackingAsync(file, copy, cancellation).ConfigureAwait(false);
        copy.Flush(flushToDisk: true);
        copy.Position = 0;
        return new StoredPackage(file, await Wheelhouse.ExamineAsync(file, copy, cancellation).ConfigureAwait(false));
    }

    private static async Task CheckPackingAsync(PackageFile file, FileStream copy, CancellationToken cancellation)
    {
        copy.Position = 0;
        byte[] start = new byte[2];
        int length = await copy.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (!file.IsWheel && (length < start.Length || start[0] != 0x1f || start[1] != 0x8b))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{file.FileName}' is no usable sdist: it is not packed with gzip. Fetch or build it again.");
        }
    }

    private async Task<IntakeOutcome> CompareAsync(
        StoredPackage copy, Dictionary<string, TakenPackage> staged, bool force, CancellationToken cancellation)
    {
        string name = copy.File.FileName;
        if (staged.TryGetValue(name, out TakenPackage? earlier))
        {
            return earlier.Package.Note.Sha256 == copy.Note.Sha256
                ? earlier.Outcome
                : throw new ApplianceException(ErrorKind.InvalidArgument, $"Two files named '{name}' with different contents were given: add one of them.");
        }

        if (!File.Exists(wheelhouse.PathOf(copy.File)))
        {
            return IntakeOutcome.Added;
        }

        string? present = await DigestOfPresentAsync(copy.File, cancellation).ConfigureAwait(false);
        return present == copy.Note.Sha256 ? IntakeOutcome.Unchanged
            : force ? IntakeOutcome.Replaced
            : throw new ApplianceException(
                ErrorKind.AlreadyExists,
                $"'{name}' is there already with other contents (sha256 {present ?? "unknown"}, not {copy.Note.Sha256}): --force replaces it, and installers that have noted its digest will refuse the new one.");
    }

    private async Task<string?> DigestOfPresentAsync(PackageFile file, CancellationToken cancellation)
    {
        try
        {
            return (await wheelhouse.DescribeAsync(file, cancellation).ConfigureAwait(false))?.Note.Sha256;
        }
        catch (ApplianceException)
        {
            // Somebody put a damaged file there.
            return null;
        }
    }

    private void Publish(string staging, IEnumerable<TakenPackage> packages)
    {
        foreach (TakenPackage taken in packages.Where(taken => taken.Outcome != IntakeOutcome.Unchanged))
        {
            StoredPackage package = taken.Package;
            File.Move(Path.Combine(staging, package.File.FileName), wheelhouse.PathOf(package.File), overwrite: true);
            wheelhouse.WriteNote(package.File, package.Note);
        }

        DirectorySync.Flush(wheelhouse.Root);
        DirectorySync.Flush(Path.GetDirectoryName(wheelhouse.Root)!);
    }

    // What a killed process left. Another may be at work beside this one.
    private void SweepAbandoned()
    {
        foreach (string left in Directory.GetDirectories(Incoming))
        {
            if (clock.GetUtcNow() - Directory.GetLastWriteTimeUtc(left) > AbandonedAge)
            {
                RemoveStaging(left);
            }
        }
    }

    private static void RemoveStaging(string staging)
    {
        try
        {
            Directory.Delete(staging, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next one sweeps it.
        }
    }
}
