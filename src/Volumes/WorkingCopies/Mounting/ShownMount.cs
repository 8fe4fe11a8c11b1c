using Appliance.Native.Files;
using Appliance.Native.Mounts;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Trees;

namespace Appliance.Volumes.WorkingCopies.Mounting;

/// <summary>The mount through which a container sees its working copy.</summary>
internal static class ShownMount
{
    // A program that just looks at the files should not make a reload fail.
    private const int AttemptsMax = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static bool IsThere(string mountPoint) => FileStatus.Find(mountPoint) is { IsMountRoot: true };

    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static void Attach(VolumeView view, string mountPoint, VolumePath subPath, bool isReadOnly, WorkingCopyLayout layout)
    {
        if (isReadOnly)
        {
            VolumeMount.MountReadOnly(view, mountPoint, subPath);
            return;
        }

        layout.RenewWork();
        VolumeMount.MountWritable(view, mountPoint, subPath, layout.Changes, layout.Work);
    }

    /// <summary>Unmounts it here and in the container; false while a process there has a file or its working directory on it.</summary>
    public static async Task<bool> TryDetachAsync(string mountPoint, TimeProvider clock, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (FileSystemMount.TryUnmount(mountPoint))
            {
                return true;
            }

            if (attempt == AttemptsMax)
            {
                return false;
            }

            await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
        }
    }
}
