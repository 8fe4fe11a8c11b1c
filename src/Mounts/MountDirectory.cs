using System.Security.Cryptography;
using System.Text;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Metadata.Mounts;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Mounts;

/// <summary>
/// Mounts: fixed sets of files. Their bytes are contents like those of volumes, so that what was sent once for either is
/// stored once.
/// </summary>
public sealed class MountDirectory(string kind) : IObjectContents
{
    private const int FilesPerWrite = 300;
    private const int PathBytesMax = 4096;

    public string Kind { get; } = kind;

    /// <summary>Gives a new object its files, whose contents are held by leases.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: two files of one path.</exception>
    public static void Create(WriteTransaction write, ObjectRecord record, IReadOnlyList<MountFile> files)
    {
        MountRows.Add(write, record.Id, Checksum(files), files.Count, files.Sum(file => file.Content.SizeBytes));
        HashSet<string> paths = [];
        foreach (MountFile file in files)
        {
            if (!paths.Add(file.Path))
            {
                throw new ApplianceException(ErrorKind.InvalidArgument, $"The mount has two files '{file.Path}': send each path once.");
            }

            ContentReferences.Add(write, file.Content);
            Digest? content = file.Content.Form == ContentForm.Empty ? null : file.Content.Id;
            MountRows.AddFile(write, record.Id, new MountFileRecord(file.Path, file.Mode, file.Content.SizeBytes, (int)file.Content.Form, content));
        }
    }

    /// <summary>Gives an object other files. What runs with the old ones keeps them.</summary>
    public static void Replace(WriteTransaction write, ObjectRecord record, IReadOnlyList<MountFile> files)
    {
        while (!RemoveFiles(write, record.Id))
        {
        }

        Create(write, record, files);
    }

    /// <summary>Names what the mount holds: equal files give equal checksums.</summary>
    public static Digest ChecksumOf(ReadTransaction read, ObjectRecord record) => MountRows.FindChecksum(read, record.Id)
        ?? throw new ApplianceException(ErrorKind.NotFound, $"Mount '{record.Id}' not found: it was deleted.");

    /// <exception cref="ApplianceException">InvalidArgument: not absolute, or it leads elsewhere than it seems to.</exception>
    public static string CheckPath(string path)
    {
        bool isValid = path.Length > 1 && path[0] == '/' && path[^1] != '/' && !path.Contains('\0')
            && Encoding.UTF8.GetByteCount(path) <= PathBytesMax
            && path[1..].Split('/').All(name => name is not ("" or "." or ".."));
        string shown = path.Length > 80 ? path[..80] + "…" : path;
        return isValid ? path : throw new ApplianceException(
            ErrorKind.InvalidArgument,
            $"'{shown.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path for a mounted file: it must be absolute, without '.', '..' or empty names, and at most {PathBytesMax} bytes long.");
    }

    public bool RemoveSome(WriteTransaction write, string id) => RemoveFiles(write, id);

    private static bool RemoveFiles(WriteTransaction write, string id)
    {
        List<MountFileRecord> removed = MountRows.RemoveSome(write, id, FilesPerWrite);
        foreach (MountFileRecord file in removed)
        {
            ContentReferences.Remove(write, new FileContent((ContentForm)file.Form, file.Content ?? Digest.OfNothing, file.SizeBytes));
        }

        return removed.Count < FilesPerWrite;
    }

    private static Digest Checksum(IReadOnlyList<MountFile> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (MountFile file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Mode}\0{file.Whole}\n"));
        }

        return Digest.FromBytes(hash.GetHashAndReset());
    }
}
