namespace Appliance.Admin.Service;

/// <summary>Makes the appliance a service of systemd: its executable, its unit, and the running process.</summary>
/// <param name="source">The executable to install.</param>
/// <param name="unit">Text of the unit file.</param>
public sealed class ServiceInstallation(ServicePaths paths, Systemctl systemctl, string source, string unit)
{
    private const UnixFileMode Program = Text | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Text = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private bool isExecutableNew;
    private bool isUnitNew;

    public IReadOnlyList<ServiceStep> Steps() =>
    [
        new($"copy '{source}' to {paths.Executable}", CopyExecutableAsync),
        new($"write {paths.Unit}", WriteUnitAsync),
        new($"start {ServicePaths.UnitName} now and at each boot", StartAsync),
    ];

    private async Task<StepOutcome> CopyExecutableAsync(CancellationToken cancellation)
    {
        if (await HasSameBytesAsync(source, paths.Executable, cancellation))
        {
            return StepOutcome.Unchanged;
        }

        await ReplaceAsync(paths.Executable, Program, async target =>
        {
            await using FileStream executable = File.OpenRead(source);
            await executable.CopyToAsync(target, cancellation);
        });
        isExecutableNew = true;
        return StepOutcome.Done;
    }

    private async Task<StepOutcome> WriteUnitAsync(CancellationToken cancellation)
    {
        if (File.Exists(paths.Unit) && await File.ReadAllTextAsync(paths.Unit, cancellation) == unit)
        {
            return StepOutcome.Unchanged;
        }

        await ReplaceAsync(paths.Unit, Text, async target => await target.WriteAsync(System.Text.Encoding.UTF8.GetBytes(unit), cancellation));
        await systemctl.TellAsync(["daemon-reload"], cancellation);
        isUnitNew = true;
        return StepOutcome.Done;
    }

    private async Task<StepOutcome> StartAsync(CancellationToken cancellation)
    {
        bool isRunning = await systemctl.AsksAsync(["is-active", "--quiet", ServicePaths.UnitName], cancellation);
        bool isEnabled = await systemctl.AsksAsync(["is-enabled", "--quiet", ServicePaths.UnitName], cancellation);
        if (isRunning && isEnabled && !isExecutableNew && !isUnitNew)
        {
            return StepOutcome.Unchanged;
        }

        await systemctl.TellAsync(["enable", "--quiet", ServicePaths.UnitName], cancellation);
        await systemctl.TellAsync(["restart", ServicePaths.UnitName], cancellation);
        return StepOutcome.Done;
    }

    // Renamed into place: a running service keeps its file, and a crash leaves the old one.
    private static async Task ReplaceAsync(string path, UnixFileMode mode, Func<Stream, Task> write)
    {
        string temporary = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (FileStream target = File.Create(temporary))
        {
            await write(target);
            target.Flush(flushToDisk: true);
        }

        File.SetUnixFileMode(temporary, mode);
        File.Move(temporary, path, overwrite: true);
    }

    private static async Task<bool> HasSameBytesAsync(string first, string second, CancellationToken cancellation)
    {
        if (!File.Exists(second) || new FileInfo(first).Length != new FileInfo(second).Length)
        {
            return false;
        }

        byte[] content = await File.ReadAllBytesAsync(first, cancellation);
        byte[] installed = await File.ReadAllBytesAsync(second, cancellation);
        return content.AsSpan().SequenceEqual(installed);
    }
}
