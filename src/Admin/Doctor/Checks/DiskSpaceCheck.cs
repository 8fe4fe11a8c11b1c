using Appliance.Native.Files;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether the data directory can be written, is nobody else's to read, and has room.</summary>
public sealed class DiskSpaceCheck(DoctorSubject subject) : IDoctorCheck
{
    private const long BytesMin = 1L << 30;
    private const long BytesRecommended = 20L << 30;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;

    public string Name => "data directory";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Finding>>([InspectDirectory(), InspectSpace()]);

    private Finding InspectDirectory()
    {
        string path = subject.DataDirectory;
        if (!Directory.Exists(path))
        {
            return Finding.Ok(Name, $"'{path}' is not there yet; 'appliance serve' makes it");
        }

        if ((File.GetUnixFileMode(path) & Others) != 0)
        {
            return Finding.Warn(Name, $"'{path}' is open to other users", $"Close it: 'chmod 700 {path}'.");
        }

        try
        {
            using var probe = new FileStream(Path.Combine(path, $".doctor-{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return Finding.Ok(Name, $"'{path}' can be written");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return Finding.Bad(Name, $"'{path}' cannot be written: {cause.Message}", $"Give it to the user who serves ('chown -R USER {path}'), or choose another with --data DIR.");
        }
    }

    private Finding InspectSpace()
    {
        string existing = subject.DataDirectory;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        DiskSpace disk = DiskSpace.Of(existing);
        string what = $"{disk.FreeBytes / (double)(1L << 30):F1} GiB free of {disk.TotalBytes / (double)(1L << 30):F1}{(disk.Format is { } format ? $" on {format}" : "")}";
        const string Fix = "Free some, or choose a larger disk with --data DIR.";
        return disk.FreeBytes switch
        {
            < BytesMin => Finding.Bad("disk space", what, Fix),
            < BytesRecommended => Finding.Warn("disk space", $"{what}: little for images and models", Fix),
            _ => Finding.Ok("disk space", what),
        };
    }
}
