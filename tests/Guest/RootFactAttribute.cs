namespace Appliance.Tests.Guest;

/// <summary>A test that becomes another user or changes the root; skipped, and said so, where that is not allowed.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root";
        }
    }
}
