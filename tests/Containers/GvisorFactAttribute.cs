namespace Appliance.Tests.Containers;

/// <summary>A check that needs root and gVisor. Where one of them is missing it says so, and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GvisorFactAttribute : FactAttribute
{
    public GvisorFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "Needs root: containers cannot be made otherwise.";
        }
        else if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Combine(path, "runsc"))))
        {
            Skip = "Needs gVisor: install the package 'runsc'.";
        }
    }
}
