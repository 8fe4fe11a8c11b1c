using Xunit;

namespace Appliance.Tests.Metadata;

/// <summary>A test that mounts a small file system; skipped, and said so, where that is not allowed.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    private static readonly bool CanMount = TryMount();

    public MountFactAttribute()
    {
        if (!CanMount)
        {
            Skip = "needs the right to mount a tmpfs (root)";
        }
    }

    private static bool TryMount()
    {
        try
        {
            using var mount = new TestMount(sizeKib: 64);
            return true;
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
